import type { Db } from '#platform/db/index.ts';
import type { BulkAction, BulkStore } from './types.ts';

export async function insertPlan(
  db: Db,
  plan: { id: string; action: BulkAction; createdBy: string; at: Date },
): Promise<void> {
  await db('platform.bulk_plans').insert({
    id: plan.id,
    action: plan.action,
    created_by: plan.createdBy,
    created_at: plan.at,
  });
}

export async function insertPlanStores(
  db: Db,
  planId: string,
  stores: readonly Omit<BulkStore, 'changed'>[],
): Promise<void> {
  await db.raw(
    `insert into platform.bulk_plan_stores (tenant_id, plan_id, slug, refusal, files)
     select tenant_id, :planId, slug, refusal, files
       from unnest(:tenantIds::uuid[], :slugs::text[], :refusals::text[], :files::jsonb[]) as s (tenant_id, slug, refusal, files)`,
    {
      planId,
      tenantIds: stores.map((store) => store.tenantId),
      slugs: stores.map((store) => store.slug),
      refusals: stores.map((store) => store.refusal ?? null),
      files: stores.map((store) => JSON.stringify(store.files)),
    },
  );
}

/** The plan, locked until the transaction ends, so that it is confirmed once. */
export async function lockPlan(
  db: Db,
  id: string,
): Promise<{ action: BulkAction; confirmedAt: Date | undefined; jobId: string | undefined } | undefined> {
  const row = await db('platform.bulk_plans')
    .where({ id })
    .forUpdate()
    .first<{ action: BulkAction; confirmed_at: Date | null; job_id: string | null } | undefined>();
  return row && { action: row.action, confirmedAt: row.confirmed_at ?? undefined, jobId: row.job_id ?? undefined };
}

export async function markChanged(db: Db, planId: string, stores: readonly BulkStore[]): Promise<void> {
  await db('platform.bulk_plan_stores')
    .where({ plan_id: planId })
    .whereRaw('tenant_id = any(?::uuid[])', [stores.map((store) => store.tenantId)])
    .update({ changed: true });
}

export async function markConfirmed(db: Db, id: string, { jobId, at }: { jobId: string; at: Date }): Promise<void> {
  await db('platform.bulk_plans').where({ id }).update({ confirmed_at: at, job_id: jobId });
}

/** Forgets plans that were made before. */
export async function deletePlansBefore(db: Db, before: Date): Promise<void> {
  await db('platform.bulk_plans').where('created_at', '<', before).delete();
}
