import { createTenantRecords, getTenant, type Tenant } from '#domain/tenants/index.ts';
import type { Context } from '#platform/context.ts';
import { AppError } from '#platform/errors.ts';
import { newId } from '#platform/ids.ts';

let made = 0;

/** A name that no other store of this run has. */
export const freshSlug = (prefix = 'loja'): string => `${prefix}-${process.pid % 10_000}-${++made}`;

/** A store that counts as live though no job made it and no edge was told of it. */
export async function aLiveTenant(ctx: Context, slug = freshSlug()): Promise<Tenant> {
  const id = newId();
  const at = ctx.clock.now();
  await ctx.db('platform.tenants').insert({
    id,
    slug,
    name: `Loja ${slug}`,
    status: 'live',
    status_changed_at: at,
    admin_email: `ana@${slug}.example`,
    created_at: at,
    updated_at: at,
  });
  await ctx.db('platform.slugs').insert({ slug, tenant_id: id, kind: 'primary', reserved_at: at });
  await createTenantRecords(ctx, id, { branding: {}, settings: {} });
  return getTenant(ctx, id);
}

/** Makes a job look done, so that what waits for its end goes on. */
export async function endJob(ctx: Context, jobId: string, status = 'succeeded'): Promise<void> {
  await ctx.db('platform.jobs').where({ id: jobId }).update({ status });
}

/** What a job was asked to do. */
export async function payloadOf(ctx: Context, jobId: string | undefined): Promise<Record<string, unknown>> {
  const [payload] = await ctx.db('platform.jobs').where({ id: jobId }).pluck<Record<string, unknown>[]>('payload');
  return payload!;
}

/** What was done to a store, oldest first. */
export function auditOf(ctx: Context, tenantId: string): Promise<string[]> {
  return ctx.db('platform.audit_log').where({ tenant_id: tenantId }).orderBy('id').pluck<string[]>('action');
}

/** For `assert.rejects`: the error with this code. */
export const coded = (expected: string) => (error: unknown) => {
  if (error instanceof AppError && error.code === expected) return true;
  throw error;
};
