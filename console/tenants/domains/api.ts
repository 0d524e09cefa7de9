import { z } from 'zod';
import { getJob } from '#domain/jobs/index.ts';
import { addDomain, checkDomain, getDomain, getTenant, listDomains, removeDomain } from '#domain/tenants/index.ts';
import { API_ROOT, endpoint } from '#console/api/endpoint.ts';
import type { ConsoleContext } from '#console/context.ts';
import { role } from '#console/guards.ts';
import { toJobJson } from '#console/jobs/schemas.ts';
import { tenantParams } from '#console/tenants/schemas.ts';
import { domainChange, domainParams, domainSchema, newDomain, toDomainJson } from './schemas.ts';

const tag = 'Domains';

export const domainEndpoints = [
  endpoint({
    method: 'get',
    path: '/tenants/:slug/domains',
    guard: role('viewer'),
    summary: 'The host names of a store’s own',
    tag,
    params: tenantParams,
    response: z.object({ items: z.array(domainSchema) }),
    async run(ctx, { params: { slug } }) {
      const { id } = await getTenant(ctx, slug);
      return { body: { items: (await listDomains(ctx, id)).map(toDomainJson) } };
    },
  }),
  endpoint({
    method: 'post',
    path: '/tenants/:slug/domains',
    guard: role('operator'),
    summary: 'Note a host name of a store; it leads nowhere before a check has found that it is the store’s',
    tag,
    params: tenantParams,
    body: newDomain,
    status: 201,
    response: domainSchema,
    refusals: { 409: '`domain_taken`, or the state of the store allows it no domain.' },
    async run(ctx, { params: { slug }, body: { host } }) {
      const domain = await addDomain(ctx, slug, { host, baseDomain: ctx.baseDomain });
      return { body: toDomainJson(domain) };
    },
  }),
  endpoint({
    method: 'post',
    path: '/tenants/:slug/domains/:host/checks',
    guard: role('operator'),
    summary: 'Look for the proof that a host is the store’s; once it is there, a job makes the edges answer for it',
    tag,
    params: domainParams,
    response: domainChange,
    refusals: { 409: 'The state of the store allows it no domain.' },
    async run(ctx, { params: { slug, host } }) {
      const { domain, jobId } = await checkDomain(ctx, ctx.lookup, slug, { host });
      return { body: { domain: toDomainJson(domain), job: await jobJson(ctx, jobId) }, headers: locationOf(jobId) };
    },
  }),
  endpoint({
    method: 'delete',
    path: '/tenants/:slug/domains/:host',
    guard: role('operator'),
    summary: 'Take a host name from a store',
    tag,
    params: domainParams,
    response: domainChange,
    refusals: { 409: 'The state of the store allows no change.' },
    async run(ctx, { params: { slug, host } }) {
      const { id } = await getTenant(ctx, slug);
      const domain = await getDomain(ctx, id, host);
      const { jobId } = await removeDomain(ctx, slug, { host });
      return { body: { domain: toDomainJson(domain), job: await jobJson(ctx, jobId) }, headers: locationOf(jobId) };
    },
  }),
];

async function jobJson(ctx: ConsoleContext, jobId: string | undefined) {
  return jobId === undefined ? null : toJobJson(await getJob(ctx, jobId));
}

function locationOf(jobId: string | undefined): Record<string, string> {
  return jobId === undefined ? {} : { Location: `${API_ROOT}/jobs/${jobId}` };
}
