import assert from 'node:assert/strict';
import { mapAtMost } from '#platform/concurrency.ts';

describe('calling for many items, some at a time', () => {
  it('keeps the order of the items and never has more than the limit at work', async () => {
    let atWork = 0;
    let most = 0;

    const doubled = await mapAtMost([5, 1, 4, 2, 3], 2, async (item) => {
      most = Math.max(most, ++atWork);
      for (let turn = 0; turn < item; turn++) await Promise.resolve();
      atWork--;
      return item * 2;
    });

    assert.deepEqual(doubled, [10, 2, 8, 4, 6]);
    assert.equal(most, 2);
  });

  it('begins nothing new after a failure, and throws it', async () => {
    const begun: number[] = [];

    const all = mapAtMost([1, 2, 3, 4], 1, async (item) => {
      begun.push(item);
      if (item === 2) throw new Error('two');
    });

    await assert.rejects(all, /two/);
    assert.deepEqual(begun, [1, 2]);
  });

  it('needs no items', async () => assert.deepEqual(await mapAtMost([], 3, async () => 1), []));
});
