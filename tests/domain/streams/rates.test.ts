import assert from 'node:assert/strict';
import { drainRange, ratesOf } from '#domain/streams/rates.ts';
import { windowOf } from './windows.ts';

const MINUTE = 60_000;
/** Readings of so many steps of 5 s, each adding `into` and `out`, after those given. */
const flow = (steps: number, into: number, out: number, from: [into: number, out: number] = [1000, 500]) =>
  Array.from({ length: steps + 1 }, (_, step) => `${from[0] + into * step}/${from[1] + out * step}`).join(' ');

describe('ratesOf', () => {
  const cases: [name: string, window: string, spanMs: number, expected: [number, number] | undefined][] = [
    ['steady', flow(12, 50, 25), MINUTE, [10, 5]],
    ['nothing moves', flow(12, 0, 0), MINUTE, [0, 0]],
    ['only the span counts', `0/0 ${flow(12, 50, 25)}`, MINUTE, [10, 5]],
    ['the reading at its edge is in it', `0/0 - ${flow(3, 5, 5, [25, 25])}`, 25_000, [1.6, 1.6]],
    ['nothing is known', '', MINUTE, undefined],
    ['one reading', '5/5', MINUTE, undefined],
    ['one reading in the span, one long before', '5/5 -*12 900/900', MINUTE, undefined],
    ['less than a sixth of the span', flow(1, 50, 25), MINUTE, undefined],
    ['a sixth of the span', flow(2, 50, 25), MINUTE, [10, 5]],
    ['ten seconds of five minutes', flow(2, 50, 25), 5 * MINUTE, undefined],
    ['the counters start again', '900/900 950/925 5/5 55/30 105/55', MINUTE, [10, 5]],
    ['they do at each reading', '900/900 800/800 700/700 600/600', MINUTE, undefined],
    ['only the processed one is set back', '900/900 950/925 950/5 1000/30 1050/55', MINUTE, [10, 5]],
    ['only the published one is set back', '900/5 950/30 50/30 100/55 150/80', MINUTE, [10, 5]],
    ['a hole is no spike', '0/0 50/25 -*4 300/150', MINUTE, [10, 5]],
    ['a restart in a hole', '900/900 950/925 -*4 5/5 55/30 105/55', MINUTE, [10, 5]],
  ];

  for (const [name, window, spanMs, expected] of cases)
    it(`is ${expected ? `${expected[0]} in and ${expected[1]} out` : 'unknown'}: ${name}`, () => {
      const rates = ratesOf(windowOf(window), spanMs);

      assert.deepEqual(rates, expected && { in: expected[0], out: expected[1] });
    });

  it('counts no two readings of one moment as a span', () => {
    const [first, second] = windowOf('0/0 9/9');

    assert.equal(ratesOf([{ ...first!, at: second!.at }, second!], 0), undefined);
  });
});

describe('drainRange', () => {
  // Each minute is 12 steps: 5 a second more go than come, then 1, then 2.
  const uneven = [flow(12, 0, 25, [900, 0]), flow(12, 0, 5, [900, 300]), flow(12, 0, 10, [900, 360])]
    .map((minute, index) => (index ? minute.slice(minute.indexOf(' ') + 1) : minute))
    .join(' ');
  const cases: [name: string, backlog: number, window: string, expected: [number, number, number] | undefined][] = [
    ['nothing waits', 0, '', [0, 0, 0]],
    ['less than nothing waits', -1, flow(12, 0, 5), [0, 0, 0]],
    ['nothing is known', 5, '', undefined],
    ['steady', 100, flow(60, 5, 10), [100_000, 100_000, 100_000]],
    ['a minute is known', 100, flow(12, 5, 10), [100_000, 100_000, 100_000]],
    ['uneven minutes', 100, uneven, [20_000, 50_000, 100_000]],
    ['it grows', 100, flow(60, 10, 5), [Infinity, Infinity, Infinity]],
    ['it stays', 100, flow(60, 10, 10), [Infinity, Infinity, Infinity]],
    [
      'it grew a minute long',
      100,
      `${flow(12, 5, 0, [900, 0])} ${flow(12, 0, 10, [960, 0])}`,
      [50_000, 50_000, Infinity],
    ],
    ['it grows now', 100, `${flow(12, 0, 10, [900, 0])} ${flow(12, 5, 0, [900, 120])}`, [50_000, Infinity, Infinity]],
    ['a burst just five minutes ago', 100, `0/0 ${flow(59, 0, 5, [1000, 0])}`, [1e5, 1e5, Infinity]],
    ['it grew six minutes ago', 100, `${flow(12, 50, 0, [300, 0])} ${flow(60, 0, 5, [900, 0])}`, [1e5, 1e5, 1e5]],
    ['the last minute was not seen', 100, `${flow(12, 0, 10)} -*12 1000/900`, undefined],
  ];

  for (const [name, backlog, window, expected] of cases)
    it(`is ${expected ? expected.join(', ') : 'unknown'}: ${name}`, () => {
      const range = drainRange(backlog, windowOf(window));

      assert.deepEqual(range && [range.best, range.likely, range.worst], expected);
    });
});
