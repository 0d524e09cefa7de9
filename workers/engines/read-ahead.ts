import type { ShardLease } from '#domain/events/index.ts';
import { ignoreBecause } from '#platform/errors.ts';
import { BATCH, readNew, type Batch, type Worker } from './shard-work.ts';

type ReadAhead = {
  /** The next entries. While very many wait, those after them are asked for at once, and come while these are settled. */
  next(leases: readonly ShardLease[]): Promise<Batch>;
  /** What was read already and not handed out; nothing when that failed. Reads no further. */
  drain(): Promise<Batch>;
};

/**
 * Keeps one batch ahead while batches are full, so that Redis answers and its answer is decoded while the database works.
 * Not when they are small: Redis would answer with the first entry that comes, and that one alone would have the next
 * transaction while all others wait for it.
 */
export function createReadAhead(worker: Worker): ReadAhead {
  let ahead: Promise<Batch> | undefined;
  return {
    async next(leases) {
      const batch = await (ahead ?? readNew(worker, leases));
      ahead = isFull(batch) ? readNew(worker, leases) : undefined;
      ahead?.catch(ignoreBecause('whoever asks for it is told'));
      return batch;
    },
    async drain() {
      const last = ahead;
      ahead = undefined;
      return last?.catch(() => new Map()) ?? new Map();
    },
  };
}

function isFull(batch: Batch): boolean {
  return [...batch.values()].some((entries) => entries.length >= BATCH / 2);
}
