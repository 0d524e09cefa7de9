import assert from 'node:assert/strict';
import { drainTimeMs, judgeProcess, worstOf, type Beat, type Work } from '#domain/streams/policy.ts';

const alive: Beat = { ageMs: 3000, state: 'ok', error: undefined };
const idle: Work = { oldestAgeMs: undefined, lastDoneAgeMs: undefined };

describe('judgeProcess', () => {
  const cases: [why: string, beat: Beat | undefined, work: Work, status: string, reason: string][] = [
    ['idle since ever', alive, idle, 'OK', 'idle'],
    ['idle for a day', alive, { ...idle, lastDoneAgeMs: 86_400_000 }, 'OK', 'idle'],
    ['one event after long silence', alive, { oldestAgeMs: 50, lastDoneAgeMs: 86_400_000 }, 'OK', 'working'],
    ['behind but getting on', alive, { oldestAgeMs: 600_000, lastDoneAgeMs: 100 }, 'WARN', 'late'],
    ['just not late', alive, { oldestAgeMs: 10_000, lastDoneAgeMs: undefined }, 'OK', 'working'],
    [
      'alive, work waits, nothing done',
      alive,
      { oldestAgeMs: 31_000, lastDoneAgeMs: 31_000 },
      'STALLED',
      'no_progress',
    ],
    ['the same on its first event', alive, { oldestAgeMs: 31_000, lastDoneAgeMs: undefined }, 'STALLED', 'no_progress'],
    ['failing, nothing waits', { ...alive, state: 'failing', error: 'x' }, idle, 'WARN', 'failing'],
    ['silent with work', { ...alive, ageMs: 15_001 }, { oldestAgeMs: 50, lastDoneAgeMs: 50 }, 'STOPPED', 'silent'],
    ['silent without work', { ...alive, ageMs: 15_001 }, idle, 'STOPPED', 'silent'],
    ['two beats late', { ...alive, ageMs: 12_000 }, idle, 'OK', 'idle'],
    ['stopped on purpose', { ...alive, state: 'stopped' }, idle, 'STOPPED', 'stopped'],
    ['never seen, no work', undefined, idle, 'UNKNOWN', 'never_seen'],
    ['never seen, work waits', undefined, { oldestAgeMs: 1, lastDoneAgeMs: undefined }, 'STOPPED', 'never_seen'],
  ];

  for (const [why, beat, work, status, reason] of cases)
    it(`says ${status} (${reason}): ${why}`, () => {
      const judgement = judgeProcess(beat, work);

      assert.deepEqual([judgement.status, judgement.reason], [status, reason]);
    });

  it('keeps the error of a failing process, for people', () => {
    assert.equal(judgeProcess({ ...alive, state: 'failing', error: 'no memory' }, idle).detail, 'no memory');
  });
});

describe('drainTimeMs', () => {
  it('is the backlog over the net rate, zero when nothing waits, endless when it grows', () => {
    assert.equal(drainTimeMs(100, { published: 5, processed: 15 }), 10_000);
    assert.equal(drainTimeMs(0, undefined), 0);
    assert.equal(drainTimeMs(1, undefined), undefined);
    assert.equal(drainTimeMs(100, { published: 5, processed: 5 }), Infinity);
  });
});

describe('worstOf', () => {
  it('lets the gravest status speak for all', () => {
    assert.equal(worstOf('OK', 'WARN', 'STOPPED'), 'STOPPED');
    assert.equal(worstOf('UNKNOWN', 'OK'), 'UNKNOWN');
  });
});
