import { requestJob } from '#domain/jobs/index.ts';
import type { Context } from '#platform/context.ts';
import { withTransaction } from '#platform/db/index.ts';
import { Conflict, InvalidInput } from '#platform/errors.ts';
import { auditTenant, changeStatus, getLocked, getTenantFor } from '../locked.ts';
import { refuseUnlessAllowed } from '../policy.ts';
import { slugTaken } from '../slug-taken.ts';
import type { Tenant } from '../types.ts';
import { refuseUnlawful } from './law.ts';
import { claimIncoming, releaseIncoming, settlePrimary, switchPrimary, switchPrimaryBack } from './queries.ts';

/** How long an old name leads to the new one unless the caller says otherwise, in days. */
export const ALIAS_DAYS = 90;
const DAY_MS = 24 * 60 * 60_000;

type Rename = { slug: string; aliasDays?: number | undefined };

/**
 * Takes the new name and asks for the job that moves a live store to it. The store is `renaming` until that has ended, and
 * served all the while; afterwards its old name leads to the new one for `aliasDays`, and is in quarantine then. Throws
 * InvalidInput with the slug law's code or `slug_unchanged`, Conflict `slug_taken`, or the code of its state.
 */
export async function renameTenant(
  ctx: Context,
  idOrSlug: string,
  { slug, aliasDays = ALIAS_DAYS }: Rename,
): Promise<{ tenant: Tenant; jobId: string }> {
  await refuseUnlawful(ctx, slug);
  return withTransaction(ctx, async (tx) => {
    const before = await getTenantFor(tx, idOrSlug, 'rename');
    refuseUnchanged(before, slug);
    const tenant = await beginRename(tx, before, slug);
    const jobId = await requestJob(tx, {
      kind: 'tenant.rename',
      subject: `store ${before.slug}`,
      tenantId: tenant.id,
      payload: { tenantId: tenant.id, from: before.slug, to: slug, aliasDays },
    });
    return { tenant, jobId };
  });
}

function refuseUnchanged({ slug: present }: Tenant, slug: string): void {
  if (slug !== present) return;
  const message = 'This is the name the store has already. Choose another.';
  throw new InvalidInput('slug_unchanged', message, { fields: [{ path: 'slug', code: 'slug_unchanged', message }] });
}

async function beginRename(tx: Context, tenant: Tenant, slug: string): Promise<Tenant> {
  if (!(await claimIncoming(tx.db, { slug, tenantId: tenant.id, at: tx.clock.now() }))) throw slugTaken(slug);
  const reason = `${tenant.slug} → ${slug}`;
  return changeStatus(tx, tenant, { status: 'renaming', action: 'rename_requested', reason });
}

/*
 * What the job does to the database, step by step, and how each step is undone. Every function may be repeated.
 */

type Names = { tenantId: string; from: string; to: string };

/** Makes sure that the new name is the store's: true already in a first run, won back when a failed job is tried again. */
export async function reserveNewName(ctx: Context, { tenantId, from, to }: Names): Promise<void> {
  await withTransaction(ctx, async (tx) => {
    const tenant = await getLocked(tx, tenantId);
    if (tenant.status === 'renaming') return;
    refuseUnlessAllowed(tenant, 'rename');
    if (tenant.slug !== from)
      throw new Conflict('tenant_renamed', `${from} was renamed meanwhile; it is ${tenant.slug} now.`);
    await beginRename(tx, tenant, to);
  });
}

/** Says that the store keeps its old name, and why. The new one is what it was before: free, or an old name of its own. */
export async function giveUpRename(ctx: Context, { tenantId }: Names, reason: string): Promise<void> {
  await withTransaction(ctx, async (tx) => {
    const tenant = await getLocked(tx, tenantId);
    await releaseIncoming(tx.db, tenantId);
    if (tenant.status === 'renaming')
      await changeStatus(tx, tenant, { status: 'live', action: 'rename_failed', reason });
  });
}

/** Makes the new name the store's and the old one its alias for `aliasDays`. */
export async function switchName(ctx: Context, { tenantId, from, to }: Names, aliasDays: number): Promise<void> {
  await withTransaction(ctx, async (tx) => {
    const tenant = await getLocked(tx, tenantId);
    if (tenant.slug === to) return;
    const at = tx.clock.now();
    const freeAfter = new Date(at.getTime() + aliasDays * DAY_MS);
    await switchPrimary(tx.db, tenant, { from, to, at, freeAfter });
  });
}

export async function switchNameBack(ctx: Context, { tenantId, from, to }: Names): Promise<void> {
  await withTransaction(ctx, async (tx) => {
    const tenant = await getLocked(tx, tenantId);
    if (tenant.slug === from) return;
    await switchPrimaryBack(tx.db, tenant, { from, to, at: tx.clock.now() });
  });
}

/** Says that the store has its new name. Call it only after a probe saw the old one lead to it. */
export async function finishRename(ctx: Context, { tenantId, from, to }: Names): Promise<void> {
  await withTransaction(ctx, async (tx) => {
    const tenant = await getLocked(tx, tenantId);
    if (tenant.status !== 'renaming') return;
    await settlePrimary(tx.db, tenantId);
    const renamed = await changeStatus(tx, tenant, { status: 'live', action: 'went_live' });
    await auditTenant(tx, 'tenant.renamed', renamed, { before: { slug: from }, after: { slug: to } });
  });
}
