import assert from 'node:assert/strict';
import fc from 'fast-check';
import { clockSkew, figuresOf, parseCertificates, parseProcesses, parseStatus } from '#domain/droplets/looks/facts.ts';

describe('what an agent prints', () => {
  it('keeps every key of a status, also one that nobody knows yet', () => {
    const status = parseStatus('load=0.10\nagent_version=7\nnew_thing=yes\n');

    assert.deepEqual(status, { load: '0.10', agent_version: '7', new_thing: 'yes' });
  });

  it('is unknown where it was not said, and never zero', () => {
    const figures = figuresOf(parseStatus('agent_version=1\nload=0.52\n'));

    assert.equal(figures.load, 0.52);
    for (const [name, value] of Object.entries(figures))
      if (!['load', 'agentVersion'].includes(name)) assert.equal(value, undefined, name);
  });

  it('becomes shares of what there is', () => {
    const figures = figuresOf(
      parseStatus(
        'load=3\ncores=2\nmemory_total_bytes=1000\nmemory_available_bytes=250\ndisk_total_bytes=200\ndisk_available_bytes=10\n' +
          'requests_2xx=5\nrequests_3xx=0\nrequests_4xx=1\nrequests_5xx=0\n',
      ),
    );

    assert.deepEqual([figures.loadPerCore, figures.memoryUsed, figures.diskUsed], [1.5, 0.75, 0.95]);
    assert.deepEqual(figures.requests, { ok: 5, redirected: 0, refused: 1, failed: 0 });
  });

  it('makes no figure of nonsense', () => {
    const figures = figuresOf(
      parseStatus('load=high\ncores=0\nmemory_total_bytes=0\nmemory_available_bytes=5\nclock=-1'),
    );

    assert.deepEqual(
      [figures.load, figures.loadPerCore, figures.memoryUsed, figures.clock],
      [undefined, undefined, undefined, undefined],
    );
  });

  it('is read line by line, and lines that make no sense are left out', () => {
    assert.deepEqual(parseProcesses('812 52428800 1.5 nginx: worker\nPID RSS\n\n9 x 1 y\n'), [
      { pid: 812, rssBytes: 52_428_800, cpuPercent: 1.5, name: 'nginx: worker' },
    ]);
    assert.deepEqual(parseCertificates('fullchain.pem 1795000000 *.example.com\nno-subject.pem 1795000001\nbad\n'), [
      { file: 'fullchain.pem', expiresAt: new Date(1_795_000_000_000), subject: '*.example.com' },
      { file: 'no-subject.pem', expiresAt: new Date(1_795_000_001_000), subject: '' },
    ]);
  });

  it('never breaks its reader', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 400 }), (text) => {
        figuresOf(parseStatus(text));
        parseProcesses(text);
        parseCertificates(text);
      }),
    );
  });
});

describe('the skew of a clock', () => {
  const receivedAtMs = Date.parse('2026-11-26T12:00:10Z');

  it('is counted from the middle of the way there and back', () => {
    const skew = clockSkew(receivedAtMs / 1000 - 1, { receivedAtMs, roundTripMs: 1000 });

    assert.deepEqual(skew, { skewMs: 0, uncertaintyMs: 1000 });
  });

  it('of a clock that is right is never beyond its uncertainty, however long the way', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 10_000 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.integer({ min: 0, max: 999 }),
        (roundTripMs, share, offset) => {
          const receivedMs = receivedAtMs + offset;
          const readAtMs = receivedMs - roundTripMs * share;
          const { skewMs, uncertaintyMs } = clockSkew(Math.floor(readAtMs / 1000), {
            receivedAtMs: receivedMs,
            roundTripMs,
          });
          assert(Math.abs(skewMs) <= uncertaintyMs + 1);
        },
      ),
    );
  });

  it('of a clock that is ahead is positive, of one behind negative', () => {
    const at = (seconds: number) => clockSkew(receivedAtMs / 1000 + seconds, { receivedAtMs, roundTripMs: 0 }).skewMs;

    assert.deepEqual([at(9.5), at(-10.5)], [10_000, -10_000]);
  });
});
