import { randomBytes } from 'node:crypto';
import { requestJob } from '#domain/jobs/index.ts';
import type { Context } from '#platform/context.ts';
import { withTransaction } from '#platform/db/index.ts';
import { Conflict, InvalidInput } from '#platform/errors.ts';
import type { PublicLookup } from '#platform/http/public-host.ts';
import { auditTenant, getTenantFor } from '../locked.ts';
import type { Tenant } from '../types.ts';
import { checkHost } from './host.ts';
import { domainNotFound, getDomain } from './listings.ts';
import { findProof } from './proof.ts';
import { deleteDomain, insertDomain, lockDomain, updateDomainCheck, updateDomainServed } from './queries.ts';
import type { Domain } from './types.ts';

/**
 * Notes a host name that a store wants to be reached at. Nothing leads there before {@link checkDomain} found the proof that
 * it is the store's. Throws InvalidInput with the problem's code, Conflict `domain_taken`, both naming the field `host`, or
 * the code of the store's state.
 */
export async function addDomain(
  ctx: Context,
  idOrSlug: string,
  { host: text, baseDomain }: { host: string; baseDomain: string },
): Promise<Domain> {
  const checked = checkHost(text, baseDomain);
  if (!checked.ok) throw new InvalidInput(checked.code, checked.message, at('host', checked));
  const { host } = checked;
  return withTransaction(ctx, async (tx) => {
    const tenant = await getTenantFor(tx, idOrSlug, 'manage_domains');
    const token = randomBytes(20).toString('hex');
    const domain = { tenantId: tenant.id, host, token, addedBy: tx.actor.label, at: tx.clock.now() };
    if (!(await insertDomain(tx.db, domain))) throw taken(host);
    await auditTenant(tx, 'tenant.domain_added', tenant, { after: { host } });
    return getDomain(tx, tenant.id, host);
  });
}

function taken(host: string): Conflict {
  const message = `${host} is a store’s already.`;
  return new Conflict('domain_taken', message, at('host', { code: 'domain_taken', message }));
}

const at = (path: string, { code, message }: { code: string; message: string }) => ({
  fields: [{ path, code, message }],
});

type Named = { host: string };

/**
 * Looks for the proof that a host is the store's, in DNS or on its present web server, and when it is there asks for the job
 * that tells the edges. What was not found is kept with the domain, for whoever set it up to read. Repeating it after
 * success publishes again. Throws NotFound `domain_not_found`, or the code of the store's state.
 */
export async function checkDomain(
  ctx: Context,
  lookup: PublicLookup,
  idOrSlug: string,
  { host }: Named,
): Promise<{ domain: Domain; jobId: string | undefined }> {
  const tenant = await withTransaction(ctx, (tx) => getTenantFor(tx, idOrSlug, 'manage_domains'));
  const claim = await getDomain(ctx, tenant.id, host);
  // Outside a transaction: other people's servers take their time, and a connection must not wait for them.
  const found = claim.status === 'verified' ? { by: claim.verifiedBy! } : await findProof(lookup, claim);
  return withTransaction(ctx, async (tx) => {
    const { domain: before, tenant } = await getDomainFor(tx, idOrSlug, host);
    // Removed and added again meanwhile: what was looked for is not what must be shown now.
    if (before.token !== claim.token) throw domainNotFound();
    const domain = await updateDomainCheck(tx.db, before, { ...found, at: tx.clock.now() });
    if (domain.status !== 'verified') return { domain, jobId: undefined };
    if (before.status !== 'verified')
      await auditTenant(tx, 'tenant.domain_verified', tenant, { after: { host, by: domain.verifiedBy } });
    return { domain, jobId: await requestMaps(tx, tenant, `domain ${host} verified`) };
  });
}

/** Takes a host name from a store; the edges are told by a job when they knew of it. Throws like {@link checkDomain}. */
export async function removeDomain(
  ctx: Context,
  idOrSlug: string,
  { host }: Named,
): Promise<{ tenant: Tenant; jobId: string | undefined }> {
  return withTransaction(ctx, async (tx) => {
    const { domain, tenant } = await getDomainFor(tx, idOrSlug, host);
    await deleteDomain(tx.db, domain);
    await auditTenant(tx, 'tenant.domain_removed', tenant, { before: { host, status: domain.status } });
    if (domain.status !== 'verified') return { tenant, jobId: undefined };
    return { tenant, jobId: await requestMaps(tx, tenant, `domain ${host} removed`) };
  });
}

/** Writes that every edge was seen serving the store under this host, or that one was not. */
export async function recordDomainServed(ctx: Context, domain: Domain, isServed: boolean): Promise<void> {
  await updateDomainServed(ctx.db, domain, isServed ? ctx.clock.now() : null);
}

async function getDomainFor(tx: Context, idOrSlug: string, host: string) {
  const tenant = await getTenantFor(tx, idOrSlug, 'manage_domains');
  const domain = await lockDomain(tx.db, host);
  if (domain?.tenantId !== tenant.id) throw domainNotFound();
  return { domain, tenant };
}

function requestMaps(tx: Context, tenant: Tenant, reason: string): Promise<string> {
  const payload = { tenantId: tenant.id, reason };
  return requestJob(tx, {
    kind: 'tenant.publish_maps',
    subject: `store ${tenant.slug}`,
    tenantId: tenant.id,
    payload,
  });
}
