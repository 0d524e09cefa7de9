import { listTenantIds, listTenantsById, mapIdsBySlug } from '#domain/tenants/index.ts';
import type { Context } from '#platform/context.ts';
import { withTransaction } from '#platform/db/index.ts';
import { InvalidInput, type FieldError } from '#platform/errors.ts';
import { newId } from '#platform/ids.ts';
import { judgeStores } from './judge.ts';
import { deletePlansBefore, insertPlan, insertPlanStores } from './queries.ts';
import type { BulkAction, BulkSelection } from './types.ts';

/** What one job takes. */
const MAX_STORES = 10_000;
/** So many are looked at at once: the whole would not fit into the memory of the process. */
export const STORES_AT_ONCE = 500;

const FORGET_AFTER_MS = 7 * 24 * 3_600_000;

/**
 * Fixes which stores an action is about and what it would do with each, for somebody to look at and confirm. Returns the
 * plan's id; nothing is changed. Throws InvalidInput `no_stores`, `too_many_stores`, or `tenant_not_found` naming the
 * slugs that no store has.
 */
export async function planBulkAction(
  ctx: Context,
  { action, selection }: { action: BulkAction; selection: BulkSelection },
): Promise<string> {
  const ids = await idsOf(ctx, selection);
  if (ids.length === 0) throw new InvalidInput('no_stores', 'No store is meant. Pick at least one.');
  if (ids.length > MAX_STORES)
    throw new InvalidInput('too_many_stores', `That is more than ${MAX_STORES} stores. Narrow the selection.`);
  return withTransaction(ctx, async (tx) => {
    const [id, at] = [newId(), tx.clock.now()];
    await deletePlansBefore(tx.db, new Date(at.getTime() - FORGET_AFTER_MS));
    await insertPlan(tx.db, { id, action, createdBy: tx.actor.label, at });
    for (let from = 0; from < ids.length; from += STORES_AT_ONCE) {
      const tenants = await listTenantsById(tx, ids.slice(from, from + STORES_AT_ONCE));
      await insertPlanStores(tx.db, id, await judgeStores(tx, action, tenants));
    }
    return id;
  });
}

async function idsOf(ctx: Context, selection: BulkSelection): Promise<string[]> {
  if ('filter' in selection) return listTenantIds(ctx, selection.filter, MAX_STORES + 1);
  if ('tenantIds' in selection) return [...new Set(selection.tenantIds)];
  const slugs = [...new Set(selection.slugs)];
  const found = await mapIdsBySlug(ctx, slugs);
  const fields = slugs.flatMap((slug, index): FieldError[] =>
    found.has(slug)
      ? []
      : [{ path: `slugs.${index}`, code: 'tenant_not_found', message: `There is no store ${slug}.` }],
  );
  if (fields.length > 0) throw new InvalidInput('tenant_not_found', 'Some of these stores do not exist.', { fields });
  return [...found.values()];
}
