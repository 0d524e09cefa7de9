import assert from 'node:assert/strict';
import fc from 'fast-check';
import { drainRange, ratesOf } from '#domain/streams/rates.ts';
import type { GroupFacts, Owner } from '#domain/streams/status-types.ts';
import { judgeGroup } from '#domain/streams/status.ts';
import type { Sample } from '#domain/streams/window.ts';
import { factsOf, NOW } from './windows.ts';

/** Steps between readings: what came, what went, how long it took; the counters are set back now and then. */
const step = fc.record({
  into: fc.nat(50),
  out: fc.nat(50),
  ms: fc.constantFrom(5000, 5000, 4900, 5100, 25_000),
  isReset: fc.constantFrom(false, false, false, false, true),
});
const wait = fc.record({ into: fc.nat(3), out: fc.constant(0), ms: fc.constant(5000), isReset: fc.constant(false) });
/** Every other one ends with a time in which nothing is done. */
const steps = fc
  .tuple(fc.array(step, { maxLength: 40 }), fc.boolean(), fc.array(wait, { maxLength: 12 }))
  .map(([moves, isStuck, waits]) => (isStuck ? [...moves, ...waits] : moves));
const mostly = <T>(usual: T, rare: fc.Arbitrary<T>) => fc.oneof({ weight: 9, arbitrary: fc.constant(usual) }, rare);
const age = fc.option(fc.nat(60_000), { nil: undefined });
const windows = fc.tuple(steps, age).map(([moves, oldestAgeMs]) => toWindow(moves, oldestAgeMs));
const owners: fc.Arbitrary<Owner | undefined> = fc.option(
  fc.record({ aliveMs: fc.nat(30_000), state: fc.constantFrom('ok', 'failing', 'stopped') }),
  { nil: undefined },
);
const facts: fc.Arbitrary<GroupFacts> = fc.record({
  window: windows,
  now: fc.constant(NOW),
  owner: owners,
  pausedBy: mostly<GroupFacts['pausedBy']>(undefined, fc.constant({ by: 'ana', since: NOW })),
  replay: mostly<GroupFacts['replay']>(undefined, fc.record({ done: fc.nat(9), total: fc.nat(9) })),
  blockedKeys: mostly(0, fc.nat(2)),
  isLost: mostly(false, fc.boolean()),
  isReadable: mostly(true, fc.boolean()),
});

type Step = { into: number; out: number; ms: number; isReset: boolean };

function toWindow(moves: readonly Step[], oldestAgeMs: number | undefined): Sample[] {
  let at = NOW.getTime() - moves.reduce((sum, { ms }) => sum + ms, 0);
  let published = 1000;
  let processed = 1000;
  const sample = () => {
    const backlog = published - processed;
    return { at: new Date(at), published, processed, backlog, oldestAgeMs: backlog > 0 ? oldestAgeMs : undefined };
  };
  const samples = [sample()];
  for (const { into, out, ms, isReset } of moves) {
    at += ms;
    if (isReset) {
      published -= processed;
      processed = 0;
    }
    published += into;
    processed = Math.min(published, processed + out);
    samples.push(sample());
  }
  return samples;
}

describe('the laws of a status', () => {
  it('is never OK when the backlog grew for a whole window and is older than it should be', () => {
    const growing = fc.record({
      moves: fc.array(fc.record({ into: fc.integer({ min: 1, max: 50 }), done: fc.nat(49) }), {
        minLength: 7,
        maxLength: 20,
      }),
      ageMs: fc.integer({ min: 10_001, max: 1_000_000 }),
      owner: owners,
    });
    fc.assert(
      fc.property(growing, ({ moves, ageMs, owner }) => {
        const steady = moves.map(({ into, done }) => ({
          into,
          out: Math.min(done, into - 1),
          ms: 5000,
          isReset: false,
        }));
        const window = toWindow(steady, ageMs).slice(1);

        assert.notEqual(judgeGroup({ ...factsOf(''), window, owner }).status, 'OK');
      }),
    );
  });

  it('is UNKNOWN whenever the source cannot be read, and for that reason', () => {
    fc.assert(
      fc.property(facts, (some) => {
        assert.deepEqual(judgeGroup({ ...some, isReadable: false }), { status: 'UNKNOWN', reason: 'unreadable' });
      }),
    );
  });

  it('does not depend on where the counters start', () => {
    fc.assert(
      fc.property(
        facts,
        fc.integer({ min: -1e9, max: 1e9 }),
        fc.integer({ min: -1e9, max: 1e9 }),
        (some, into, out) => {
          const window = some.window.map((sample) => ({
            ...sample,
            published: sample.published + into,
            processed: sample.processed + out,
          }));

          assert.deepEqual(judgeGroup({ ...some, window }), judgeGroup(some));
        },
      ),
    );
  });

  it('is STALLED or STOPPED only while work waits', () => {
    fc.assert(
      fc.property(facts, (some) => {
        const { status } = judgeGroup(some);

        if (status === 'STALLED' || status === 'STOPPED') assert.ok(some.window.at(-1)!.backlog > 0);
      }),
    );
  });
});

describe('the laws of rates', () => {
  it('are neither negative nor above what any two neighbours show', () => {
    fc.assert(
      fc.property(steps, fc.constantFrom(60_000, 300_000), (moves, spanMs) => {
        const rates = ratesOf(toWindow(moves, undefined), spanMs);

        const peak = Math.max(...moves.map(({ into, ms }) => (into / ms) * 1000)) + 1e-9;
        if (rates) assert.ok(rates.in >= 0 && rates.in <= peak && rates.out >= 0);
      }),
    );
  });

  it('drain at best no later than likely, and likely no later than at worst', () => {
    fc.assert(
      fc.property(steps, fc.nat(1000), (moves, backlog) => {
        const range = drainRange(backlog, toWindow(moves, undefined));

        if (range) assert.ok(0 <= range.best && range.best <= range.likely && range.likely <= range.worst);
      }),
    );
  });
});
