import type { Context } from '#platform/context.ts';
import { withTenant } from '#platform/db/index.ts';
import { InvalidInput } from '#platform/errors.ts';

/** What a store may use: the edge keeps the rate, the application the number of people. */
type Plan = {
  code: string;
  requestsPerSecond: number;
  /** Requests above the rate that are still answered at once. */
  burst: number;
  /** How many people of the store may be able to sign in. */
  maxUsers: number;
};

type PlanRow = { code: string; requests_per_second: number; burst: number; max_users: number };

/** All plans, the smallest first. */
export async function listPlans(ctx: Context): Promise<Plan[]> {
  const rows = await ctx.db<PlanRow>('platform.plans').orderBy('position');
  return rows.map(toPlan);
}

/** Throws InvalidInput `unknown_plan`, naming the field `plan`. */
export async function getPlan(ctx: Context, code: string): Promise<Plan> {
  const row = await ctx.db<PlanRow>('platform.plans').where({ code }).first();
  if (row) return toPlan(row);
  const message = 'There is no such plan.';
  throw new InvalidInput('unknown_plan', message, { fields: [{ path: 'plan', code: 'unknown_plan', message }] });
}

/** How many people of the store can sign in. */
export async function countUsers(ctx: Context, tenantId: string): Promise<number> {
  return withTenant(ctx, tenantId, async (tx) => {
    const row = await tx
      .db('construction.users')
      .where({ tenant_id: tenantId, active: true })
      .count<{ count: string }>({ count: '*' })
      .first();
    return Number(row?.count ?? 0);
  });
}

function toPlan(row: PlanRow): Plan {
  return {
    code: row.code,
    requestsPerSecond: row.requests_per_second,
    burst: row.burst,
    maxUsers: row.max_users,
  };
}
