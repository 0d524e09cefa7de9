import type { OutboxEvent, Restrictions } from '#domain/events/index.ts';
import type { Context } from '#platform/context.ts';
import { every } from '../every.ts';
import { createPauseWatch } from '../pause-watch.ts';
import { createTenantLimits } from './tenant-limits.ts';

type Wishes = {
  /** Looks once a second at most. */
  refresh(): Promise<void>;
  restrictions(): Restrictions;
  spend(events: readonly OutboxEvent[]): void;
  /** Whether events may wait for nothing but time. */
  isHolding(): boolean;
};

/** Units: ms. */
const LOOK_EVERY_MS = 1000;

/** What operators have paused and limited, as far as the relay heeds it. */
export function createWishes(ctx: Context): Wishes {
  const pauses = createPauseWatch(ctx);
  const limits = createTenantLimits(ctx);
  const isLookDue = every(LOOK_EVERY_MS);
  return {
    async refresh() {
      if (isLookDue()) await Promise.all([pauses.refresh(), limits.refresh()]);
    },
    restrictions: () => ({ except: [...pauses.now().tenants], allowances: limits.allowances() }),
    spend: (events) => limits.spend(events),
    isHolding: () => limits.isHolding(),
  };
}
