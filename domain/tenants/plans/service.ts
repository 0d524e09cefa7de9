import { requestJob } from '#domain/jobs/index.ts';
import type { Context } from '#platform/context.ts';
import { withTransaction } from '#platform/db/index.ts';
import { Conflict } from '#platform/errors.ts';
import { auditTenant, getTenantFor } from '../locked.ts';
import { updateTenantPlan } from '../queries.ts';
import type { Tenant } from '../types.ts';
import { countUsers, getPlan } from './listings.ts';

/**
 * Puts a store on another plan: its people count by it at once, the edge's rate once the job has published it. Nothing
 * happens when it has the plan already. Throws InvalidInput `unknown_plan`, Conflict `plan_too_small` when more people can
 * sign in than it allows, or the code of the store's state.
 */
export async function changePlan(
  ctx: Context,
  idOrSlug: string,
  { plan: code }: { plan: string },
): Promise<{ tenant: Tenant; jobId: string | undefined }> {
  return withTransaction(ctx, async (tx) => {
    // The lock on the tenant is what invitations take too: nobody comes in between the count and the change.
    const before = await getTenantFor(tx, idOrSlug, 'change_plan');
    const plan = await getPlan(tx, code);
    if (before.plan === plan.code) return { tenant: before, jobId: undefined };
    const users = await countUsers(tx, before.id);
    if (users > plan.maxUsers) throw tooSmall(before, plan.code, { users, maxUsers: plan.maxUsers });
    const tenant = await updateTenantPlan(tx.db, before.id, { plan: plan.code, at: tx.clock.now() });
    const jobId = await requestPlanMaps(tx, tenant, `plan ${before.plan} → ${plan.code}`);
    await auditTenant(tx, 'tenant.plan_changed', tenant, {
      before: { plan: before.plan },
      after: { plan: tenant.plan },
    });
    return { tenant, jobId };
  });
}

/** Asks for the job that brings the rate of a store's plan to the edges, after what is under way with it. Returns its id. */
export async function requestPlanMaps(tx: Context, tenant: Tenant, reason: string): Promise<string> {
  return requestJob(tx, {
    kind: 'tenant.publish_maps',
    subject: `store ${tenant.slug}`,
    tenantId: tenant.id,
    payload: { tenantId: tenant.id, reason },
  });
}

function tooSmall(tenant: Tenant, plan: string, count: { users: number; maxUsers: number }): Conflict {
  const message = `${tenant.slug} has ${count.users} people who can sign in, and ${plan} allows ${count.maxUsers}. Deactivate some first.`;
  return new Conflict('plan_too_small', message, {
    fields: [{ path: 'plan', code: 'plan_too_small', message }],
    members: { users: count.users, max_users: count.maxUsers },
  });
}
