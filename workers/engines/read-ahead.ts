import type { ShardLease } from '#domain/events/index.ts';
import { ignoreBecause } from '#platform/errors.ts';
import { readNew, type Batch, type Worker } from './shard-work.ts';

type ReadAhead = {
  /** The next entries; those after them are asked for at once, and come while these are settled. */
  next(leases: readonly ShardLease[]): Promise<Batch>;
  /** What was read already and not handed out; nothing when that failed. Reads no further. */
  drain(): Promise<Batch>;
};

/** Keeps one batch ahead, so that Redis answers and its answer is decoded while the database works. */
export function createReadAhead(worker: Worker): ReadAhead {
  let ahead: Promise<Batch> | undefined;
  return {
    async next(leases) {
      const batch = await (ahead ?? readNew(worker, leases));
      ahead = readNew(worker, leases);
      ahead.catch(ignoreBecause('whoever asks for it is told'));
      return batch;
    },
    async drain() {
      const last = ahead;
      ahead = undefined;
      return last?.catch(() => new Map()) ?? new Map();
    },
  };
}
