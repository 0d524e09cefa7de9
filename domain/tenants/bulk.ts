import { recordAudits } from '#domain/audit/index.ts';
import { requestJob } from '#domain/jobs/index.ts';
import type { Context } from '#platform/context.ts';
import { lockTenantRows, updateStatuses } from './queries.ts';
import type { Tenant } from './types.ts';

/*
 * The same change of many stores at once, in the caller's transaction: first the stores are locked and looked at, then they
 * are changed, portion by portion, and in the end one job is asked for that brings all of it to the edges.
 */

type BulkAction = 'suspend' | 'resume' | 'publish';

/** These tenants, locked until the transaction ends, in the order of their ids; one that does not exist is missing. */
export async function lockTenants(tx: Context, ids: readonly string[]): Promise<Tenant[]> {
  return lockTenantRows(tx.db, ids);
}

const AUDITED = { suspend: 'suspended', resume: 'resumed', publish: 'publication_requested' };

/** Writes what the action changes of each of these locked tenants, and who did it. Their state must allow the action. */
export async function beginBulkChange(
  tx: Context,
  { action, tenants, reason }: { action: BulkAction; tenants: readonly Tenant[]; reason: string },
): Promise<void> {
  if (action === 'suspend')
    await updateStatuses(
      tx.db,
      tenants.map((tenant) => tenant.id),
      { status: 'suspended', reason, at: tx.clock.now() },
    );
  await recordAudits(
    tx,
    tenants.map((tenant) => ({
      action: `tenant.${AUDITED[action]}`,
      subject: { type: 'tenant', id: tenant.id, label: tenant.slug },
      tenantId: tenant.id,
      ...changesOf(action, tenant, reason),
    })),
  );
}

/** As for a single store: one that is resumed is live only once its job has seen an edge serve it. */
function changesOf(action: BulkAction, tenant: Tenant, reason: string) {
  if (action === 'suspend') return { before: { status: tenant.status }, after: { status: 'suspended', reason } };
  if (action === 'resume') return { before: { reason: tenant.statusReason }, after: { reason } };
  return { after: { reason } };
}

/** Asks for the job that does it at the edges. Returns its id. */
export async function requestBulkJob(
  tx: Context,
  { action, tenantIds, reason }: { action: BulkAction; tenantIds: string[]; reason: string },
): Promise<string> {
  const subject = `${tenantIds.length} stores`;
  return requestJob(tx, { kind: `tenants.${action}`, subject, payload: { tenantIds, reason } });
}
