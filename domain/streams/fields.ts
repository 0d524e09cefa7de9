import { findTenant, type Tenant } from '#domain/tenants/index.ts';
import type { Context } from '#platform/context.ts';
import { InvalidInput } from '#platform/errors.ts';

/** What is wrong with one field of what an operator wants. */
export function refusal(path: string, code: string, message: string): InvalidInput {
  return new InvalidInput(code, message, { fields: [{ path, code, message }] });
}

/** The store that a field names by its slug or id. Throws InvalidInput `unknown_tenant`. */
export async function getStore(ctx: Context, path: string, named: string): Promise<Tenant> {
  const tenant = await findTenant(ctx, named);
  if (!tenant) throw refusal(path, 'unknown_tenant', `There is no store called “${named}”. Type its slug.`);
  return tenant;
}

/** What a store is called in lists: its slug, or its id when it is gone. */
export async function nameStore(ctx: Context, tenantId: string): Promise<string> {
  return (await findTenant(ctx, tenantId))?.slug ?? tenantId;
}
