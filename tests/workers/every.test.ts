import assert from 'node:assert/strict';
import { sparingly } from '#workers/every.ts';

describe('sparingly', () => {
  /** At which seconds work that takes `tookMs` is done, of a minute in which it is asked for each second. */
  const timesOf = async (tookMs: number, fail = false) => {
    let now = 0;
    const times: number[] = [];
    const work = sparingly(5000, () => now);
    for (let second = 0; second < 60; second++) {
      now = Math.max(now, second * 1000);
      const done = work(async () => {
        times.push(second);
        now += tookMs;
        if (fail) throw new Error('it failed');
      });
      await (fail ? done.catch(() => undefined) : done);
    }
    return times;
  };

  it('works at once and then at its pace', async () => {
    assert.deepEqual((await timesOf(10)).slice(0, 4), [0, 5, 10, 15]);
  });

  it('works less often when it is dear, but never less than half as often', async () => {
    assert.deepEqual((await timesOf(350)).slice(0, 4), [0, 7, 14, 21]);
    assert.deepEqual((await timesOf(900)).slice(0, 4), [0, 10, 20, 30]);
  });

  it('rests as well when it failed', async () => {
    assert.deepEqual((await timesOf(10, true)).slice(0, 3), [0, 5, 10]);
  });
});
