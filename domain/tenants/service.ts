import { isDeepStrictEqual } from 'node:util';
import { requestJob } from '#domain/jobs/index.ts';
import { generatePassword, hashPassword } from '#platform/auth/passwords.ts';
import type { Context } from '#platform/context.ts';
import { withTransaction } from '#platform/db/index.ts';
import { Conflict } from '#platform/errors.ts';
import { newId } from '#platform/ids.ts';
import { getBrandingAndSettings } from './listings.ts';
import { auditTenant, getTenantFor, refuseWhile } from './locked.ts';
import { refuseUnlawful } from './names/law.ts';
import { getPlan } from './plans/listings.ts';
import { changePlan, requestPlanMaps } from './plans/service.ts';
import {
  insertSlug,
  insertTenant,
  updateTenantName,
  updateTenantStatus,
  upsertBranding,
  upsertSettings,
} from './queries.ts';
import { slugTaken } from './slug-taken.ts';
import type { BrandingChanges, SettingsChanges, Tenant } from './types.ts';

export type CreateTenantInput = {
  slug: string;
  name: string;
  /** The store's first user. Without a password a one-time password is made up; a given one stands as it is. */
  admin: { name: string; email: string; password?: string };
  branding?: BrandingChanges;
  settings?: SettingsChanges;
  /** The code of a plan other than the usual one; the edge keeps its rate once the store is live. */
  plan?: string;
};

export type CreatedTenant = {
  tenant: Tenant;
  jobId: string;
  /** The first user's password, known here and nowhere else: show it once, write it nowhere. */
  adminPassword: string;
};

/**
 * Takes the slug, records the tenant as `provisioning` and asks for the job that makes it live; branding, settings and the
 * first user are written by that job. `allowReserved` is for the demo store of the seed, whose name nobody else may have.
 * Throws InvalidInput with the slug law's code, or Conflict `slug_taken`, both naming the field `slug`; InvalidInput
 * `unknown_plan`, naming `plan`.
 */
export async function createTenant(
  ctx: Context,
  input: CreateTenantInput,
  { allowReserved = false }: { allowReserved?: boolean } = {},
): Promise<CreatedTenant> {
  await refuseUnlawful(ctx, input.slug, { allowReserved });
  const adminPassword = input.admin.password ?? generatePassword();
  return withTransaction(ctx, async (tx) => {
    const { slug, name, admin } = input;
    const at = tx.clock.now();
    const plan = input.plan === undefined ? undefined : (await getPlan(tx, input.plan)).code;
    const tenant = await insertTenant(tx.db, { id: newId(), slug, name, adminEmail: admin.email, plan, at });
    if (!(await insertSlug(tx.db, { slug, tenantId: tenant.id, at }))) throw slugTaken(slug);
    const jobId = await requestJob(tx, {
      kind: 'tenant.provision',
      subject: `store ${slug}`,
      tenantId: tenant.id,
      payload: {
        tenantId: tenant.id,
        admin: { name: admin.name, email: admin.email },
        // Hashed only after the slug was won: of many who want one name, all but one are spared the work.
        passwordHash: await hashPassword(adminPassword),
        mustChangePassword: input.admin.password === undefined,
        ...(input.branding && { branding: input.branding }),
        ...(input.settings && { settings: input.settings }),
      },
    });
    if (plan !== undefined) await requestPlanMaps(tx, tenant, `plan ${plan}`);
    await auditTenant(tx, 'tenant.created', tenant, {
      after: { ...input, admin: { name: admin.name, email: admin.email } },
    });
    return { tenant, jobId, adminPassword };
  });
}

export type UpdateTenantInput = {
  name?: string | undefined;
  branding?: BrandingChanges | undefined;
  settings?: SettingsChanges | undefined;
  /** The code of another plan; see {@link changePlan} for what it may refuse. */
  plan?: string | undefined;
};

/**
 * Changes what is given and leaves the rest. Whatever the public sees is published by a job, whose id is returned; a
 * change of settings alone needs none. What is as it was already is no change: no version, no audit row. `version` is the
 * one the caller saw; without it the last writer wins. Throws Conflict `version_conflict` when somebody else was faster, or
 * the state's code when it allows no edit.
 */
export async function updateTenant(
  ctx: Context,
  idOrSlug: string,
  { version, changes }: { version?: number | undefined; changes: UpdateTenantInput },
): Promise<{ tenant: Tenant; jobId: string | undefined }> {
  return withTransaction(ctx, async (tx) => {
    const before = await getTenantFor(tx, idOrSlug, 'edit');
    if (version !== undefined && version !== before.version)
      throw new Conflict('version_conflict', 'Somebody else changed this store. Look at their change, then try again.');
    const planned = changes.plan === undefined ? undefined : await changePlan(tx, before.id, { plan: changes.plan });
    const old = await getBrandingAndSettings(tx, before.id);
    const name = changes.name ?? before.name;
    const settings = { ...old.settings, ...changes.settings };
    const hasNewLook = !isDeepStrictEqual({ ...old.branding, ...changes.branding }, old.branding);
    const isPublic = hasNewLook || name !== before.name;
    if (!isPublic && isDeepStrictEqual(settings, old.settings)) return planned ?? { tenant: before, jobId: undefined };
    const themeVersion = old.branding.themeVersion + (hasNewLook ? 1 : 0);
    const branding = { ...old.branding, ...changes.branding, themeVersion };
    const at = tx.clock.now();
    const tenant = await updateTenantName(tx.db, before.id, { name, at });
    if (hasNewLook) await upsertBranding(tx.db, tenant.id, branding, at);
    if (changes.settings) await upsertSettings(tx.db, tenant.id, settings, at);
    const jobId = isPublic
      ? await requestPublication(tx, 'tenant.publish', tenant, 'changed in the console')
      : undefined;
    await auditTenant(tx, 'tenant.updated', tenant, {
      before: { name: before.name, branding: old.branding, settings: old.settings },
      after: { name, branding, settings },
    });
    return { tenant, jobId };
  });
}

/**
 * Closes a live store: its status is `suspended` from now on and a job makes the edge answer 503. Nothing is deleted.
 * Throws Conflict `tenant_already_suspended`, `tenant_resuming` or the code of a state in which it cannot be done.
 */
export async function suspendTenant(
  ctx: Context,
  idOrSlug: string,
  { reason }: { reason: string },
): Promise<{ tenant: Tenant; jobId: string }> {
  return withTransaction(ctx, async (tx) => {
    const before = await getTenantFor(tx, idOrSlug, 'suspend');
    const tenant = await updateTenantStatus(tx.db, before.id, { status: 'suspended', reason, at: tx.clock.now() });
    const jobId = await requestPublication(tx, 'tenant.suspend', tenant, reason);
    await auditTenant(tx, 'tenant.suspended', tenant, {
      before: { status: before.status },
      after: { status: tenant.status, reason },
    });
    return { tenant, jobId };
  });
}

/**
 * Asks for a suspended store to be opened. It stays `suspended` until the job has seen the edge serve it, so that `live`
 * is never said too early. Throws Conflict `tenant_not_suspended`, `tenant_resuming` or the code of its state.
 */
export async function resumeTenant(ctx: Context, idOrSlug: string): Promise<{ tenant: Tenant; jobId: string }> {
  return withTransaction(ctx, async (tx) => {
    const tenant = await getTenantFor(tx, idOrSlug, 'resume');
    await refuseWhile(tx, tenant, { kind: 'tenant.resume', code: 'tenant_resuming', doing: 'being resumed' });
    const jobId = await requestPublication(tx, 'tenant.resume', tenant, 'resumed by an operator');
    await auditTenant(tx, 'tenant.resumed', tenant, {
      // Live only once the job has seen the edge serve it: what changes here is that the reason no longer holds.
      before: { reason: tenant.statusReason },
    });
    return { tenant, jobId };
  });
}

function requestPublication(
  tx: Context,
  kind: 'tenant.publish' | 'tenant.suspend' | 'tenant.resume',
  tenant: Tenant,
  reason: string,
): Promise<string> {
  const payload = { tenantId: tenant.id, reason };
  return requestJob(tx, { kind, subject: `store ${tenant.slug}`, tenantId: tenant.id, payload });
}
