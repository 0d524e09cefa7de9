import type { Context } from '#platform/context.ts';
import { NotFound } from '#platform/errors.ts';
import { toDomain, type DomainRow } from './queries.ts';
import type { Domain } from './types.ts';

/** The host names of a store, in alphabetical order. */
export async function listDomains(ctx: Context, tenantId: string): Promise<Domain[]> {
  const rows = await ctx.db<DomainRow>('platform.domains').where({ tenant_id: tenantId }).orderBy('host');
  return rows.map(toDomain);
}

/** Throws NotFound `domain_not_found`, also when the host is another store's. */
export async function getDomain(ctx: Context, tenantId: string, host: string): Promise<Domain> {
  const row = await ctx.db<DomainRow>('platform.domains').where({ tenant_id: tenantId, host }).first();
  if (!row) throw domainNotFound();
  return toDomain(row);
}

/** Whosever it is. Throws NotFound `domain_not_found`. */
export async function getDomainByHost(ctx: Context, host: string): Promise<Domain> {
  const row = await ctx.db<DomainRow>('platform.domains').where({ host }).first();
  if (!row) throw domainNotFound();
  return toDomain(row);
}

export function domainNotFound(): NotFound {
  return new NotFound('domain_not_found', 'The store has no such domain.');
}
