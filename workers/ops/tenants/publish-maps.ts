import { listEdges, type Edge } from '#domain/droplets/index.ts';
import { publishMaps } from '#domain/edge/index.ts';
import { getTenant, listDomains, recordDomainServed, type Domain, type Tenant } from '#domain/tenants/index.ts';
import { UpstreamFailed } from '#platform/errors.ts';
import { getForHost } from '#platform/http/host-request.ts';
import { defineJob, type JobContext } from '#workers/ops/job-handler.ts';
import { sayMaps } from '../edge/say-maps.ts';

const TIMEOUT_MS = 2000;

/** Brings a store's domains and the limit of its plan to the edges, and asks them for the store under each domain. */
export const publishTenantMaps = defineJob('tenant.publish_maps', {
  publish_maps: {
    async do(ctx, { tenantId, reason }, { jobId, signal }) {
      const { slug } = await getTenant(ctx, tenantId);
      return sayMaps(await publishMaps(ctx, { jobId, author: ctx.actor.label, reason, slugs: [slug], signal }));
    },
  },
  probe_domains: {
    async do(ctx, { tenantId }, { signal }) {
      const tenant = await getTenant(ctx, tenantId);
      const domains = (await listDomains(ctx, tenantId)).filter(({ status }) => status === 'verified');
      const wrong = (await Promise.all(domains.map((domain) => seeDomain(ctx, { tenant, domain, signal })))).flat();
      if (wrong.length > 0) throw new UpstreamFailed('edge_not_serving', `${wrong.join('; ')}.`);
      const hosts = domains.map(({ host }) => host).join(', ');
      return [hosts === '' ? { key: 'no_domain', values: {} } : { key: 'domains_seen', values: { hosts } }];
    },
  },
});

type Look = { tenant: Tenant; domain: Domain; signal: AbortSignal };

/** Asks every edge for the store under one of its domains; says what was seen instead. */
async function seeDomain(ctx: JobContext, look: Look): Promise<string[]> {
  const edges = await listEdges(ctx);
  const faults = (await Promise.all(edges.map((edge) => faultAt(edge, look)))).filter((fault) => fault !== undefined);
  await recordDomainServed(ctx, look.domain, faults.length === 0);
  return faults;
}

async function faultAt(edge: Edge, { tenant, domain, signal }: Look): Promise<string | undefined> {
  const isOpen = tenant.status === 'live';
  try {
    const { host } = domain;
    const path = isOpen ? '/tenant.json' : '/';
    const { status, body } = await getForHost(edge.probeUrl, { path, host, timeoutMs: TIMEOUT_MS, signal });
    const isRight = isOpen ? status === 200 && body.includes(`"slug":"${tenant.slug}"`) : status === 503;
    return isRight ? undefined : `${edge.name} answers ${status} for ${host}`;
  } catch {
    signal.throwIfAborted();
    return `${edge.name} does not answer for ${domain.host}`;
  }
}
