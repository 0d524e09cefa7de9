import type { Db } from '#platform/db/index.ts';
import { toTenant, type TenantRow } from './rows.ts';
import type { Branding, Settings, Tenant, TenantStatus } from './types.ts';

type TenantInsert = { id: string; slug: string; name: string; adminEmail: string; plan: string | undefined; at: Date };

export async function insertTenant(db: Db, { id, slug, name, adminEmail, plan, at }: TenantInsert): Promise<Tenant> {
  const [row] = await db<TenantRow>('platform.tenants')
    .insert({
      id,
      slug,
      name,
      status: 'provisioning',
      status_changed_at: at,
      admin_email: adminEmail,
      ...(plan !== undefined && { plan }),
      created_at: at,
      updated_at: at,
    })
    .returning('*');
  return toTenant(row!);
}

/**
 * Takes the name for the tenant; a repeat by the same tenant changes nothing. False when anybody else has it, as a live
 * name, an alias or in quarantine. A parallel attempt waits for the other's transaction, so exactly one of many wins.
 */
export async function insertSlug(db: Db, claim: { slug: string; tenantId: string; at: Date }): Promise<boolean> {
  const { rowCount } = await db.raw<{ rowCount: number }>(
    `insert into platform.slugs as taken (slug, tenant_id, kind, reserved_at)
     values (:slug, :tenantId, 'primary', :at)
     on conflict (slug) do update set slug = excluded.slug
      where taken.tenant_id = excluded.tenant_id and taken.kind = 'primary'`,
    claim,
  );
  return rowCount === 1;
}

/** Frees the tenant's name at once, without quarantine: for a store that nobody ever saw. */
export async function deletePrimarySlug(db: Db, tenantId: string): Promise<void> {
  await db('platform.slugs').where({ tenant_id: tenantId, kind: 'primary' }).delete();
}

/** The tenant, locked until the transaction ends, so that two decisions about it take turns. */
export async function lockTenant(db: Db, id: string): Promise<Tenant | undefined> {
  const row = await db<TenantRow>('platform.tenants').where({ id }).forUpdate().first();
  return row && toTenant(row);
}

/** These tenants, locked likewise, in the order of their ids. */
export async function lockTenantRows(db: Db, ids: readonly string[]): Promise<Tenant[]> {
  const rows = await db<TenantRow>('platform.tenants')
    .whereRaw('id = any(?::uuid[])', [[...ids]])
    .orderBy('id')
    .forUpdate();
  return rows.map(toTenant);
}

type StatusChange = { status: TenantStatus; reason: string | null; at: Date };

export async function updateTenantStatus(db: Db, id: string, { status, reason, at }: StatusChange): Promise<Tenant> {
  const [row] = await db<TenantRow>('platform.tenants')
    .where({ id })
    .update({
      status,
      status_reason: reason,
      status_changed_at: at,
      updated_at: at,
      version: db.raw('version + 1'),
    })
    .returning('*');
  return toTenant(row!);
}

export async function updateStatuses(
  db: Db,
  ids: readonly string[],
  { status, reason, at }: StatusChange,
): Promise<void> {
  await db<TenantRow>('platform.tenants')
    .whereRaw('id = any(?::uuid[])', [[...ids]])
    .update({
      status,
      status_reason: reason,
      status_changed_at: at,
      updated_at: at,
      version: db.raw('version + 1'),
    });
}

export async function updateTenantName(db: Db, id: string, { name, at }: { name: string; at: Date }): Promise<Tenant> {
  const [row] = await db<TenantRow>('platform.tenants')
    .where({ id })
    .update({ name, updated_at: at, version: db.raw('version + 1') })
    .returning('*');
  return toTenant(row!);
}

/** Writes the whole branding, whether or not there is one. */
export async function upsertBranding(db: Db, tenantId: string, branding: Branding, at: Date): Promise<void> {
  await db('platform.tenant_branding')
    .insert({
      tenant_id: tenantId,
      logo_url: branding.logoUrl,
      primary_color: branding.primaryColor,
      secondary_color: branding.secondaryColor,
      features: JSON.stringify(branding.features),
      theme_version: branding.themeVersion,
      updated_at: at,
    })
    .onConflict('tenant_id')
    .merge();
}

/** Writes all settings, whether or not there are any. */
export async function upsertSettings(db: Db, tenantId: string, settings: Settings, at: Date): Promise<void> {
  await db('platform.tenant_settings')
    .insert({
      tenant_id: tenantId,
      quote_validity_days: settings.quoteValidityDays,
      max_discount_pct: JSON.stringify(settings.maxDiscountPct),
      sales_see_all: settings.salesSeeAll,
      sales_can_approve: settings.salesCanApprove,
      updated_at: at,
    })
    .onConflict('tenant_id')
    .merge();
}

export async function deleteBrandingAndSettings(db: Db, tenantId: string): Promise<void> {
  await db('platform.tenant_settings').where({ tenant_id: tenantId }).delete();
  await db('platform.tenant_branding').where({ tenant_id: tenantId }).delete();
}

export async function updateTenantPlan(db: Db, id: string, { plan, at }: { plan: string; at: Date }): Promise<Tenant> {
  const [row] = await db<TenantRow>('platform.tenants')
    .where({ id })
    .update({ plan, updated_at: at, version: db.raw('version + 1') })
    .returning('*');
  return toTenant(row!);
}
