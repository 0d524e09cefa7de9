import { isDeepStrictEqual } from 'node:util';
import { beginBulkChange, lockTenants, requestBulkJob, type Tenant } from '#domain/tenants/index.ts';
import type { Context } from '#platform/context.ts';
import { withTransaction } from '#platform/db/index.ts';
import { Conflict, NotFound } from '#platform/errors.ts';
import { judgeStores } from './judge.ts';
import { listPlannedAfter } from './listings.ts';
import { STORES_AT_ONCE } from './plan.ts';
import { lockPlan, markChanged, markConfirmed } from './queries.ts';
import type { BulkAction, BulkStore } from './types.ts';

/**
 * Does what a plan says: statuses, audit rows and the one job that brings it to the edges commit together. A store of
 * which something else would have to be said by now is left alone and named in the plan, so that exactly the files that
 * were shown are written. Returns the job's id. Throws NotFound `bulk_plan_not_found`; Conflict `bulk_plan_confirmed`
 * with the id of its job, `bulk_plan_empty` when no store was planned, or `bulk_plan_outdated` when all have changed.
 */
export async function confirmBulkAction(
  ctx: Context,
  planId: string,
  { reason }: { reason: string },
): Promise<{ jobId: string; changed: string[] }> {
  return withTransaction(ctx, async (tx) => {
    const plan = await lockPlan(tx.db, planId);
    if (!plan) throw new NotFound('bulk_plan_not_found', 'There is no such plan any more. Make it anew.');
    if (plan.confirmedAt)
      throw new Conflict('bulk_plan_confirmed', 'This was confirmed already.', { members: { job_id: plan.jobId } });
    const { tenantIds, changed } = await carryOut(tx, { planId, action: plan.action, reason });
    if (tenantIds.length === 0 && changed.length === 0)
      throw new Conflict('bulk_plan_empty', 'None of these stores is in a state in which this can be done.');
    if (tenantIds.length === 0)
      throw new Conflict('bulk_plan_outdated', 'Every one of these stores has changed since. Make the plan anew.');
    const jobId = await requestBulkJob(tx, { action: plan.action, tenantIds, reason });
    await markChanged(tx.db, planId, changed);
    await markConfirmed(tx.db, planId, { jobId, at: tx.clock.now() });
    return { jobId, changed: changed.map((store) => store.slug) };
  });
}

type Work = { planId: string; action: BulkAction; reason: string };

/** In the order of the stores' ids: two such changes at once take turns instead of waiting for each other. */
async function carryOut(
  tx: Context,
  { planId, action, reason }: Work,
): Promise<{ tenantIds: string[]; changed: BulkStore[] }> {
  const tenantIds: string[] = [];
  const changed: BulkStore[] = [];
  let after: string | undefined;
  for (;;) {
    const planned = await listPlannedAfter(tx, { planId, after, limit: STORES_AT_ONCE });
    if (planned.length === 0) return { tenantIds, changed };
    const tenants = await lockTenants(
      tx,
      planned.map((store) => store.tenantId),
    );
    const same = await asPlanned(tx, { action, planned, tenants });
    changed.push(...planned.filter((store) => !same.has(store.tenantId)));
    const meant = tenants.filter((tenant) => same.has(tenant.id));
    await beginBulkChange(tx, { action, tenants: meant, reason });
    tenantIds.push(...meant.map((tenant) => tenant.id));
    after = planned.at(-1)!.tenantId;
  }
}

type Planned = { action: BulkAction; planned: readonly BulkStore[]; tenants: readonly Tenant[] };

/** The ids of those stores of which a plan made now would say the same. */
async function asPlanned(tx: Context, { action, planned, tenants }: Planned): Promise<Set<string>> {
  const now = new Map((await judgeStores(tx, action, tenants)).map((store) => [store.tenantId, store]));
  const isSame = ({ tenantId, slug, files }: BulkStore) => {
    const judged = now.get(tenantId);
    if (!judged || judged.refusal !== undefined) return false;
    return judged.slug === slug && isDeepStrictEqual(asStored(judged.files), asStored(files));
  };
  return new Set(planned.filter(isSame).map((store) => store.tenantId));
}

/** Without what JSON has no word for. */
const asStored = (files: unknown): unknown => JSON.parse(JSON.stringify(files));
