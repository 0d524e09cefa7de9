import { STORE_SHARE, type OutboxEvent } from '#domain/events/index.ts';
import type { Context } from '#platform/context.ts';
import { every } from '../every.ts';
import { createPauseWatch } from '../pause-watch.ts';
import { createFairWindow } from './fair-window.ts';
import { createTenantLimits } from './tenant-limits.ts';

/** Who must wait, who may have only so many events in the next batch, and how many any other may have. */
type Restricted = { except: readonly string[]; allowances: ReadonlyMap<string, number>; perStore: number };

type Restrictions = {
  /** Looks what operators wish, once a second at most. */
  refresh(): Promise<void>;
  /** `inFlight` is of each shard. */
  now(inFlight: readonly number[], shardCount: number): Restricted;
  note(published: readonly OutboxEvent[], shardCount: number): void;
  /** Whether events may wait for nothing but time, or for the workers. */
  isHolding(shardCount: number): boolean;
};

/** Units: ms. */
const LOOK_EVERY_MS = 1000;

/** What keeps the relay from publishing all that waits: operators' pauses and limits, and each store's share of the window. */
export function createRestrictions(ctx: Context): Restrictions {
  const pauses = createPauseWatch(ctx);
  const limits = createTenantLimits(ctx);
  const window = createFairWindow();
  const isLookDue = every(LOOK_EVERY_MS);
  return {
    async refresh() {
      if (isLookDue()) await Promise.all([pauses.refresh(), limits.refresh()]);
    },
    now(inFlight, shardCount) {
      window.settle(inFlight);
      const perStore = STORE_SHARE * shardCount;
      const allowances = leastOf(perStore, window.allowances(shardCount), limits.allowances());
      return { except: [...pauses.now().tenants], allowances, perStore };
    },
    note(published, shardCount) {
      limits.spend(published);
      window.note(published, shardCount);
    },
    isHolding: (shardCount) => limits.isHolding() || window.isHolding(shardCount),
  };
}

function leastOf(most: number, ...limits: ReadonlyMap<string, number>[]): Map<string, number> {
  const least = new Map<string, number>();
  for (const [store, limit] of limits.flatMap((each) => [...each]))
    least.set(store, Math.min(limit, least.get(store) ?? most));
  return least;
}
