import assert from 'node:assert/strict';
import fc from 'fast-check';
import { DELAY_BOUNDS_MS } from '#domain/events/index.ts';
import { percentilesBetween, sumDelays } from '#domain/streams/delays.ts';

const counts = (classes: Record<number, number>) =>
  Array.from({ length: DELAY_BOUNDS_MS.length + 1 }, (_, index) => classes[index] ?? 0);

describe('percentilesBetween', () => {
  it('tells only of what was done between the two readings', () => {
    const older = counts({ 30: 1000 });
    const newer = counts({ 30: 1000, 5: 100 });

    const { p50, p99 } = percentilesBetween(older, newer)!;

    assert.ok(p50 > 4 && p50 <= 5 && p99 > 4 && p99 <= 5, 'class 5 is from 4 to 5 ms');
  });

  it('knows nothing when nothing was done, or when the counters went back', () => {
    assert.equal(percentilesBetween(counts({ 1: 3 }), counts({ 1: 3 })), undefined);
    assert.equal(percentilesBetween(counts({ 1: 3 }), counts({ 1: 2, 2: 5 })), undefined);
    assert.equal(percentilesBetween([], []), undefined);
  });

  it('reads a database in which no delay was ever counted', () => {
    assert.equal(percentilesBetween([], counts({ 0: 1 }))?.p50, 0.5);
  });

  it('says the last bound of what took longer than all of them', () => {
    assert.equal(percentilesBetween([], counts({ [DELAY_BOUNDS_MS.length]: 1 }))?.p99, DELAY_BOUNDS_MS.at(-1));
  });

  it('is within a class of the true percentile, whatever the delays', () => {
    const delays = fc.array(fc.double({ min: 0, max: 3_500_000, noNaN: true }), { minLength: 1, maxLength: 200 });
    fc.assert(
      fc.property(delays, (all) => {
        const classOf = (ms: number) => DELAY_BOUNDS_MS.findIndex((bound) => ms < bound);
        const counted = counts({});
        for (const ms of all) counted[classOf(ms)]! += 1;
        const truth = all.toSorted((a, b) => a - b)[Math.ceil(all.length * 0.95) - 1]!;
        const found = percentilesBetween([], counted)!.p95;
        const at = classOf(truth);
        assert.ok(found >= (DELAY_BOUNDS_MS[at - 1] ?? 0) && found <= DELAY_BOUNDS_MS[at]!);
      }),
    );
  });
});

describe('sumDelays', () => {
  it('adds class by class, also where a reading lacks classes', () => {
    assert.deepEqual(sumDelays([[1, 2, 3], [1], []]), [2, 2, 3]);
  });
});
