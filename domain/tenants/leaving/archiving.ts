import { requestJob } from '#domain/jobs/index.ts';
import type { Context } from '#platform/context.ts';
import { withTransaction } from '#platform/db/index.ts';
import { Conflict } from '#platform/errors.ts';
import { auditTenant, getLocked, getTenantFor, refuseWhile } from '../locked.ts';
import { refuseUnlessAllowed } from '../policy.ts';
import type { Tenant } from '../types.ts';
import { updateToArchived, updateToRestored } from './queries.ts';

/** How long an archived store can be called back before it may be deleted, unless the caller says otherwise, in days. */
export const GRACE_DAYS = 30;
const DAY_MS = 24 * 60 * 60_000;

type Archive = { reason: string; graceDays?: number | undefined };

/**
 * Takes a store off the platform with everything kept: it is `archived` from now on, and a job takes it off the edges and
 * ends the sessions of its people. Until `graceDays` are over it cannot be deleted. Throws Conflict
 * `tenant_already_archived`, `tenant_resuming` or the code of its state.
 */
export async function archiveTenant(
  ctx: Context,
  idOrSlug: string,
  { reason, graceDays = GRACE_DAYS }: Archive,
): Promise<{ tenant: Tenant; jobId: string }> {
  return withTransaction(ctx, async (tx) => {
    const before = await getTenantFor(tx, idOrSlug, 'archive');
    await refuseWhile(tx, before, { kind: 'tenant.resume', code: 'tenant_resuming', doing: 'being resumed' });
    const tenant = await archive(tx, before, { reason, graceDays });
    const jobId = await requestJob(tx, {
      kind: 'tenant.archive',
      subject: `store ${tenant.slug}`,
      tenantId: tenant.id,
      payload: { tenantId: tenant.id, reason, graceDays, from: tenant.archivedFrom!, fromReason: before.statusReason },
    });
    return { tenant, jobId };
  });
}

async function archive(
  tx: Context,
  before: Tenant,
  { reason, graceDays }: { reason: string; graceDays: number },
): Promise<Tenant> {
  const now = tx.clock.now();
  const deleteAfter = new Date(now.getTime() + graceDays * DAY_MS);
  const from = before.status === 'suspended' ? 'suspended' : 'live';
  const tenant = await updateToArchived(tx.db, before.id, { from, at: now, deleteAfter, reason, now });
  await auditTenant(tx, 'tenant.archived', tenant, {
    before: { status: before.status },
    after: { status: tenant.status, reason, delete_after: deleteAfter.toISOString() },
  });
  return tenant;
}

type ArchivedTenant = { tenantId: string; reason: string; graceDays: number };

/** Makes sure that the store is archived: true already in a first run, done again when a failed job is tried again. */
export async function ensureArchived(ctx: Context, { tenantId, reason, graceDays }: ArchivedTenant): Promise<void> {
  await withTransaction(ctx, async (tx) => {
    const tenant = await getLocked(tx, tenantId);
    if (tenant.status === 'archived') return;
    refuseUnlessAllowed(tenant, 'archive');
    await archive(tx, tenant, { reason, graceDays });
  });
}

type Former = { from: 'live' | 'suspended'; reason?: string | undefined };

/** Takes the archiving back when its job could not finish: the store is what it was. */
export async function undoArchiving(ctx: Context, tenantId: string, former: Former, failure: string): Promise<void> {
  await withTransaction(ctx, async (tx) => {
    const tenant = await getLocked(tx, tenantId);
    if (tenant.status !== 'archived') return;
    const { from: status, reason = null } = former;
    await updateToRestored(tx.db, tenantId, { status, reason, now: tx.clock.now() });
    await auditTenant(tx, 'tenant.archiving_failed', tenant, {
      before: { status: tenant.status },
      after: { status, reason: failure },
    });
  });
}

/**
 * Asks for an archived store to be brought back as what it was, live or suspended. It stays `archived` until an edge was
 * seen serving it. Throws Conflict `tenant_not_archived`, `tenant_restoring`, `tenant_deleting` or the code of its state.
 */
export async function restoreTenant(ctx: Context, idOrSlug: string): Promise<{ tenant: Tenant; jobId: string }> {
  return withTransaction(ctx, async (tx) => {
    const tenant = await getTenantFor(tx, idOrSlug, 'restore');
    await refuseWhileLeaving(tx, tenant);
    const jobId = await requestJob(tx, {
      kind: 'tenant.restore',
      subject: `store ${tenant.slug}`,
      tenantId: tenant.id,
      payload: {
        tenantId: tenant.id,
        reason: 'restored by an operator',
        archived: {
          from: tenant.archivedFrom ?? 'live',
          at: tenant.archivedAt!.toISOString(),
          deleteAfter: tenant.deleteAfter!.toISOString(),
          reason: tenant.statusReason ?? '',
        },
      },
    });
    await auditTenant(tx, 'tenant.restoration_requested', tenant, { before: { reason: tenant.statusReason } });
    return { tenant, jobId };
  });
}

/** An archived store has one way to go at a time. */
export async function refuseWhileLeaving(tx: Context, tenant: Tenant): Promise<void> {
  await refuseWhile(tx, tenant, { kind: 'tenant.restore', code: 'tenant_restoring', doing: 'being restored' });
  await refuseWhile(tx, tenant, { kind: 'tenant.delete', code: 'tenant_deleting', doing: 'being deleted' });
}

/** Says that the store is back. Call it only after a probe saw the edges serve it. Repeating it changes nothing. */
export async function markRestored(ctx: Context, tenantId: string): Promise<Tenant> {
  return withTransaction(ctx, async (tx) => {
    const tenant = await getLocked(tx, tenantId);
    if (tenant.status === 'live' || tenant.status === 'suspended') return tenant;
    if (tenant.status !== 'archived')
      throw new Conflict(`tenant_${tenant.status}`, `${tenant.slug} is ${tenant.status}; it cannot be restored.`);
    const status = tenant.archivedFrom ?? 'live';
    const reason = status === 'suspended' ? 'Suspended before it was archived.' : null;
    const restored = await updateToRestored(tx.db, tenantId, { status, reason, now: tx.clock.now() });
    await auditTenant(tx, 'tenant.restored', restored, { before: { status: 'archived' }, after: { status } });
    return restored;
  });
}

type Archived = { from: 'live' | 'suspended'; at: string; deleteAfter: string; reason: string };

/** Takes {@link markRestored} back: archived as before, with the same end of its grace. */
export async function undoRestoration(ctx: Context, tenantId: string, was: Archived, failure: string): Promise<void> {
  await withTransaction(ctx, async (tx) => {
    const tenant = await getLocked(tx, tenantId);
    if (tenant.status !== 'live' && tenant.status !== 'suspended') return;
    const { from, reason } = was;
    const times = { at: new Date(was.at), deleteAfter: new Date(was.deleteAfter), now: tx.clock.now() };
    await updateToArchived(tx.db, tenantId, { from, reason, ...times });
    await auditTenant(tx, 'tenant.restoration_failed', tenant, {
      before: { status: tenant.status },
      after: { status: 'archived', reason: failure },
    });
  });
}
