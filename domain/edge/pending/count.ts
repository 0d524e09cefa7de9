import type { Context } from '#platform/context.ts';
import type { Db } from '#platform/db/index.ts';
import { countPendingStores } from './listings.ts';

/** By edge; one without any is missing. */
type PendingCounts = { byEdge: ReadonlyMap<string, number>; asOf: Date };

/** The last count on each database, for those who ask again at once: pages that redraw themselves. */
const lastCounts = new WeakMap<Db, Promise<PendingCounts>>();

/** Every document is compared, which takes PostgreSQL a tenth of a second for some thousand of them. */
const FEW_STORES = 1000;
/** So a count of many is good for as long as 2 ms a store: 20 s where there are ten thousand. */
const KEPT_MS_PER_STORE = 2;

/** On how many stores each edge differs from the database. `stores` is how many there are, at about. */
export async function countPending(
  ctx: Context,
  { dropletIds, stores }: { dropletIds: readonly string[]; stores: number },
): Promise<PendingCounts> {
  const keptMs = stores < FEW_STORES ? 0 : stores * KEPT_MS_PER_STORE;
  const last = keptMs === 0 ? undefined : await lastCounts.get(ctx.db);
  if (last && ctx.clock.now().getTime() - last.asOf.getTime() < keptMs) return last;
  const asOf = ctx.clock.now();
  const counting = countPendingStores(ctx, dropletIds).then((byEdge) => ({ byEdge, asOf }));
  lastCounts.set(ctx.db, counting);
  counting.catch(() => lastCounts.delete(ctx.db));
  return counting;
}
