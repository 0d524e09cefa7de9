import assert from 'node:assert/strict';
import type { Edge } from '#domain/droplets/index.ts';
import { judgeEdge, type EdgeReport } from '#domain/edge/index.ts';
import { toNginxFacts } from '#domain/edge/report/nginx.ts';

const NOW = new Date('2026-11-26T12:00:00Z');
const ago = (seconds: number) => new Date(NOW.getTime() - seconds * 1000);

const WELL: EdgeReport = {
  edge: { name: 'edge-1', status: 'reachable' } as Edge,
  asOf: NOW,
  revisions: { served: 4, wanted: 4, failed: undefined },
  pending: { stores: 0, maps: false, asOf: NOW },
  stores: { stores: 2, confirmed: 2, failing: 0, oldestProbeAt: NOW },
  failing: [],
  drift: 0,
  look: { dropletId: 'x', lookedAt: ago(30), errorMessage: undefined },
  reload: undefined,
  nginx: undefined,
};
const edge = (status: Edge['status']) => ({ edge: { ...WELL.edge, status } });
const failedReload = { errorMessage: 'nginx: [emerg]' } as EdgeReport['reload'];
const failing = { stores: { ...WELL.stores, failing: 1 } };
const failedPublication = { served: 4, wanted: 4, failed: { number: 5, message: 'no' } };

describe('the verdict on an edge', () => {
  const cases: [string, Partial<EdgeReport>, string][] = [
    ['is ok when it has all and was looked at', {}, 'ok  -> -'],
    ['is failed when it cannot be reached', edge('unreachable'), 'failed unreachable -> -'],
    ['is failed when its host key changed', edge('host_key_changed'), 'failed host_key_changed -> -'],
    [
      'is failed when nginx is not running',
      { nginx: toNginxFacts({ nginx: 'stopped' }, NOW) },
      'failed nginx_stopped -> -',
    ],
    ['asks for drift to be restored first', { drift: 2, ...failing }, 'warn drift,failing -> restore'],
    ['asks for a reload after one that failed', { reload: failedReload }, 'warn reload_failed -> reload'],
    ['asks for a reload when it has everything and serves something else', failing, 'warn failing -> reload'],
    ['asks for what is pending', { pending: { stores: 3, maps: false, asOf: NOW } }, 'warn pending -> publish'],
    ['takes pending maps for pending', { pending: { stores: 0, maps: true, asOf: NOW } }, 'warn pending -> publish'],
    [
      'says that the last publication failed while something is pending',
      { revisions: failedPublication, pending: { stores: 1, maps: false, asOf: NOW } },
      'warn publication_failed,pending -> publish',
    ],
    ['does not speak of a failure that was made good', { revisions: failedPublication }, 'ok  -> -'],
    [
      'is running while a publication is under way',
      { revisions: { served: 4, wanted: 5, failed: undefined } },
      'running publishing -> -',
    ],
    ['is unknown when nobody ever looked', { look: undefined }, 'unknown never_looked -> -'],
    [
      'is unknown when nobody looked for minutes',
      { look: { ...WELL.look!, lookedAt: ago(200) } },
      'unknown look_stale -> -',
    ],
    [
      'says that its disk could not be compared',
      { look: { ...WELL.look!, errorMessage: 'no answer' } },
      'warn look_failed -> -',
    ],
  ];
  for (const [what, change, expected] of cases)
    it(what, () => {
      const { status, reasons, next } = judgeEdge({ ...WELL, ...change });

      assert.equal(`${status} ${reasons.join()} -> ${next ?? '-'}`, expected);
    });
});

describe('what nginx says of itself', () => {
  it('is read where it is a number, and unknown where it is not', () => {
    const status = {
      nginx: 'running',
      nginx_workers: '2',
      nginx_started: '1795694400',
      nginx_connections: 'many',
      requests_2xx: '540',
      requests_3xx: '30',
      requests_4xx: '24',
      requests_5xx: '6',
      upstream_p50_ms: '3.5',
    };

    const facts = toNginxFacts(status, NOW);

    assert.deepEqual(facts, {
      asOf: NOW,
      isRunning: true,
      startedAt: ago(0),
      workers: 2,
      connections: undefined,
      requestsPerSecond: 10,
      refused: 24,
      failed: 6,
      upstreamP50Ms: 3.5,
    });
  });

  it('has no rate while one of its counts is missing', () => {
    const { requestsPerSecond, failed, isRunning } = toNginxFacts({ requests_2xx: '1', requests_5xx: '2' }, NOW);

    assert.deepEqual([requestsPerSecond, failed, isRunning], [undefined, 2, undefined]);
  });
});
