import type { Context } from '#platform/context.ts';
import { withTransaction } from '#platform/db/index.ts';
import { Conflict } from '#platform/errors.ts';
import { getBrandingAndSettings } from './listings.ts';
import { changeStatus, getLocked } from './locked.ts';
import {
  deleteBrandingAndSettings,
  deletePrimarySlug,
  insertSlug,
  lockTenant,
  upsertBranding,
  upsertSettings,
} from './queries.ts';
import { slugTaken } from './slug-taken.ts';
import type { BrandingChanges, SettingsChanges, Tenant } from './types.ts';

/*
 * What the onboarding job does to a tenant, step by step, and how each step is undone. Every function may be repeated: a
 * worker that died in the middle begins its step again.
 */

/**
 * Makes sure that the tenant holds its slug and is `provisioning`: true already in a first run, won back when a failed
 * job is tried again. Throws Conflict `slug_taken` when somebody else took the name meanwhile.
 */
export async function reserveSlug(ctx: Context, tenantId: string): Promise<Tenant> {
  return withTransaction(ctx, async (tx) => {
    const tenant = await getLocked(tx, tenantId);
    const at = tx.clock.now();
    if (!(await insertSlug(tx.db, { slug: tenant.slug, tenantId, at }))) throw slugTaken(tenant.slug);
    return tenant.status === 'failed'
      ? changeStatus(tx, tenant, { status: 'provisioning', action: 'provisioning_restarted' })
      : tenant;
  });
}

/** Gives the slug back, so that the next attempt, or another store, can have it. */
export async function releaseSlug(ctx: Context, tenantId: string): Promise<void> {
  await withTransaction(ctx, (tx) => deletePrimarySlug(tx.db, tenantId));
}

/** Writes the branding and settings a new store starts with; what is not given takes the default. */
export async function createTenantRecords(
  ctx: Context,
  tenantId: string,
  given: { branding: BrandingChanges; settings: SettingsChanges },
): Promise<void> {
  await withTransaction(ctx, async (tx) => {
    const { branding, settings } = await getBrandingAndSettings(tx, tenantId);
    const at = tx.clock.now();
    await upsertBranding(tx.db, tenantId, { ...branding, ...given.branding }, at);
    await upsertSettings(tx.db, tenantId, { ...settings, ...given.settings }, at);
  });
}

export async function deleteTenantRecords(ctx: Context, tenantId: string): Promise<void> {
  await withTransaction(ctx, (tx) => deleteBrandingAndSettings(tx.db, tenantId));
}

/**
 * Says that the store is live. Call it only after a probe saw the edge serve it. Repeating it changes nothing.
 * Throws Conflict with the code of its state when the tenant was neither being provisioned nor suspended.
 */
export async function markLive(ctx: Context, tenantId: string): Promise<Tenant> {
  return withTransaction(ctx, async (tx) => {
    const tenant = await getLocked(tx, tenantId);
    if (tenant.status === 'live') return tenant;
    if (tenant.status !== 'provisioning' && tenant.status !== 'suspended')
      throw new Conflict(`tenant_${tenant.status}`, `${tenant.slug} is ${tenant.status}; it cannot become live.`);
    return changeStatus(tx, tenant, { status: 'live', action: 'went_live' });
  });
}

/** Says that provisioning gave up, and why, after its steps were undone. Repeating it changes nothing. */
export async function markFailed(ctx: Context, tenantId: string, reason: string): Promise<Tenant> {
  return withTransaction(ctx, async (tx) => {
    const tenant = await getLocked(tx, tenantId);
    return tenant.status === 'failed'
      ? tenant
      : changeStatus(tx, tenant, { status: 'failed', action: 'failed', reason });
  });
}

/**
 * Says that a tenant will not be finished because its job cannot be run; nothing of it was undone and its slug stays
 * taken. A tenant that is not `provisioning` any more keeps its state, since the job was about something else.
 */
export async function failProvisioning(ctx: Context, tenantId: string, reason: string): Promise<void> {
  await withTransaction(ctx, async (tx) => {
    const tenant = await lockTenant(tx.db, tenantId);
    if (tenant?.status === 'provisioning')
      await changeStatus(tx, tenant, { status: 'failed', action: 'failed', reason });
  });
}
