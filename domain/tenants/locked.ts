import { recordAudit } from '#domain/audit/index.ts';
import { isFinished, listJobs, type JobKind } from '#domain/jobs/index.ts';
import type { Context } from '#platform/context.ts';
import { Conflict, NotFound } from '#platform/errors.ts';
import { getTenant } from './listings.ts';
import { refuseUnlessAllowed, type TenantAction } from './policy.ts';
import { lockTenant, updateTenantStatus } from './queries.ts';
import type { Tenant, TenantStatus } from './types.ts';

/*
 * What every change of a tenant is made of. All of it belongs in a transaction: the tenant stays locked to its end, so that
 * two decisions about it take turns, and the audit row commits with the change.
 */

/** The tenant of that id, locked. Throws NotFound `tenant_not_found`. */
export async function getLocked(tx: Context, tenantId: string): Promise<Tenant> {
  const tenant = await lockTenant(tx.db, tenantId);
  if (!tenant) throw new NotFound('tenant_not_found', 'There is no such store.');
  return tenant;
}

/** The tenant, locked, when its state allows the action. Throws like {@link refuseUnlessAllowed}. */
export async function getTenantFor(tx: Context, idOrSlug: string, action: TenantAction): Promise<Tenant> {
  const { id } = await getTenant(tx, idOrSlug);
  const tenant = await getLocked(tx, id);
  refuseUnlessAllowed(tenant, action);
  return tenant;
}

/** The tenant when its state allows the action; for what changes something else of it. Throws like {@link getTenantFor}. */
export async function getTenantAllowing(ctx: Context, idOrSlug: string, action: TenantAction): Promise<Tenant> {
  const tenant = await getTenant(ctx, idOrSlug);
  refuseUnlessAllowed(tenant, action);
  return tenant;
}

type Work = { kind: JobKind; code: string; doing: string };

/**
 * A state that ends only when a job has proven it does not tell that the job is under way. Throws Conflict with `code` and
 * words like "acme is being resumed already" while a job of that kind is unfinished.
 */
export async function refuseWhile(tx: Context, tenant: Tenant, { kind, code, doing }: Work): Promise<void> {
  const [job] = await listJobs(tx, { tenantId: tenant.id, kind, limit: 1 });
  if (job && !isFinished(job.status))
    throw new Conflict(code, `${tenant.slug} is ${doing} already. Follow its job, or cancel it.`);
}

type Changes = { before?: Record<string, unknown>; after?: Record<string, unknown> };

export function auditTenant(tx: Context, action: string, tenant: Tenant, changes: Changes = {}): Promise<void> {
  const subject = { type: 'tenant', id: tenant.id, label: tenant.slug };
  return recordAudit(tx, { action, subject, tenantId: tenant.id, ...changes });
}

/** Changes the status and audits it as `tenant.<action>`. */
export async function changeStatus(
  tx: Context,
  tenant: Tenant,
  { status, action, reason }: { status: TenantStatus; action: string; reason?: string | undefined },
): Promise<Tenant> {
  const changed = await updateTenantStatus(tx.db, tenant.id, { status, reason: reason ?? null, at: tx.clock.now() });
  await auditTenant(tx, `tenant.${action}`, tenant, {
    before: { status: tenant.status },
    after: { status, ...(reason !== undefined && { reason }) },
  });
  return changed;
}
