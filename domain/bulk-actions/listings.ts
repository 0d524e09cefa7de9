import type { Context } from '#platform/context.ts';
import { NotFound } from '#platform/errors.ts';
import { isId } from '#platform/ids.ts';
import type { BulkAction, BulkPlan, BulkStore } from './types.ts';

/** A plan and what it comes to. Throws NotFound `bulk_plan_not_found`. */
export async function getBulkPlan(ctx: Context, id: string): Promise<BulkPlan> {
  const { rows } = isId(id) ? await ctx.db.raw<{ rows: PlanRow[] }>(PLAN, { id }) : { rows: [] };
  const [row] = rows;
  if (!row) throw new NotFound('bulk_plan_not_found', 'There is no such plan any more. Make it anew.');
  return {
    id: row.id,
    action: row.action,
    createdBy: row.created_by,
    createdAt: row.created_at,
    confirmedAt: row.confirmed_at ?? undefined,
    jobId: row.job_id ?? undefined,
    counts: {
      stores: Number(row.stores),
      refused: Number(row.refused),
      changed: Number(row.changed),
      files: Number(row.files),
      people: Number(row.people),
    },
  };
}

type PlanRow = {
  id: string;
  action: BulkAction;
  created_by: string;
  created_at: Date;
  confirmed_at: Date | null;
  job_id: string | null;
} & Record<'stores' | 'refused' | 'changed' | 'files' | 'people', string>;

const IS_MEANT = 's.refusal is null and not s.changed';

const PLAN = `
  select p.*, c.* from platform.bulk_plans p cross join lateral (
    select count(*) filter (where ${IS_MEANT}) as stores,
           count(*) filter (where s.refusal is not null) as refused,
           count(*) filter (where s.changed) as changed,
           coalesce(sum(jsonb_array_length(s.files)) filter (where ${IS_MEANT}), 0) as files,
           coalesce(sum(f.users) filter (where ${IS_MEANT}), 0) as people
      from platform.bulk_plan_stores s left join platform.tenant_figures f on f.id = s.tenant_id
     where s.plan_id = p.id) c
   where p.id = :id`;

type StoreRow = {
  tenant_id: string;
  slug: string;
  refusal: string | null;
  changed: boolean;
  files: BulkStore['files'];
};

type StoreFilter = {
  /** meant: it is done to them; refused: nothing is done with them; changed: they were left alone in the end. */
  which: 'meant' | 'refused' | 'changed';
  limit: number;
  /** {@link bulkStoreKey} of the last one shown. */
  after?: readonly string[] | undefined;
};

const WHICH = { meant: IS_MEANT, refused: 's.refusal is not null', changed: 's.changed' };

/** The stores of a plan by their slugs: up to `limit + 1`, so that the caller sees whether there are more. */
export async function listBulkStores(
  ctx: Context,
  planId: string,
  { which, limit, after }: StoreFilter,
): Promise<BulkStore[]> {
  const query = ctx
    .db('platform.bulk_plan_stores as s')
    .where('s.plan_id', planId)
    .whereRaw(WHICH[which])
    .select<StoreRow[]>('s.*')
    .orderByRaw('s.slug collate "C", s.tenant_id')
    .limit(limit + 1);
  if (after) void query.whereRaw('(s.slug collate "C", s.tenant_id) > (?, ?::uuid)', [after[0]!, after[1]!]);
  return (await query).map(toStore);
}

/** The place of a store in {@link listBulkStores}, for a cursor. */
export function bulkStoreKey({ slug, tenantId }: BulkStore): readonly string[] {
  return [slug, tenantId];
}

/** The next stores that the action is to be done to, by their ids. */
export async function listPlannedAfter(
  ctx: Context,
  { planId, after, limit }: { planId: string; after: string | undefined; limit: number },
): Promise<BulkStore[]> {
  const query = ctx
    .db('platform.bulk_plan_stores as s')
    .where('s.plan_id', planId)
    .whereRaw(IS_MEANT)
    .select<StoreRow[]>('s.*')
    .orderBy('s.tenant_id')
    .limit(limit);
  if (after !== undefined) void query.where('s.tenant_id', '>', after);
  return (await query).map(toStore);
}

/** How many stores are refused for each reason. */
export async function countRefusals(ctx: Context, planId: string): Promise<{ code: string; count: number }[]> {
  const { rows } = await ctx.db.raw<{ rows: { code: string; count: string }[] }>(
    `select refusal as code, count(*) as count from platform.bulk_plan_stores
      where plan_id = ? and refusal is not null group by refusal order by count(*) desc, refusal`,
    [planId],
  );
  return rows.map(({ code, count }) => ({ code, count: Number(count) }));
}

function toStore(row: StoreRow): BulkStore {
  return {
    tenantId: row.tenant_id,
    slug: row.slug,
    refusal: row.refusal ?? undefined,
    changed: row.changed,
    files: row.files,
  };
}
