import { z } from 'zod';
import { getJob } from '#domain/jobs/index.ts';
import {
  addDomain,
  checkDomain,
  getDomainByHost,
  getTenant,
  listDomains,
  proofsOf,
  removeDomain,
  tenantFields,
  type Domain,
} from '#domain/tenants/index.ts';
import { toJobJson } from '#console/jobs/schemas.ts';
import { toDomainJson } from '#console/tenants/domains/schemas.ts';
import { wait } from './requested-job.ts';
import { defineCommand, type Result, type Tools } from './command.ts';
import { followJob } from './follow-job.ts';
import { table } from './table.ts';

const host = { value: 'HOST', help: 'Like loja.exemplo.com.br.', schema: tenantFields.host };
const store = {
  value: 'SLUG',
  help: 'Which store.',
  schema: z.string().min(1, { error: 'Type the slug of a store.' }),
};

export const domainCommands = [
  defineCommand({
    noun: 'domain',
    verb: 'add',
    summary: 'Note a store’s own host name, and print what its owner must set up.',
    positional: 'host',
    options: { host, store },
    async run({ host, store }, { ctx, baseDomain }) {
      const domain = await addDomain(ctx, store, { host, baseDomain });
      const { dns, http } = proofsOf(domain);
      const text = [
        `${domain.host} is noted. Its owner shows that it is theirs by one of these:`,
        `  TXT record  ${dns.name}  ${dns.value}`,
        `  web page    ${http.url}  saying  ${http.body}`,
        `Then: npm run bc -- domain check ${domain.host}`,
      ];
      return { text: text.join('\n'), json: toDomainJson(domain) };
    },
  }),
  defineCommand({
    noun: 'domain',
    verb: 'check',
    summary: 'Look for the proof; once it is there, the edges answer for the host.',
    positional: 'host',
    options: { host, wait },
    async run({ host, wait }, tools) {
      const { tenantId } = await getDomainByHost(tools.ctx, host);
      const { domain, jobId } = await checkDomain(tools.ctx, tools.lookup, tenantId, { host });
      return changed(tools, { domain, jobId, wait });
    },
  }),
  defineCommand({
    noun: 'domain',
    verb: 'remove',
    summary: 'Take a host name from its store.',
    positional: 'host',
    options: { host, wait },
    async run({ host, wait }, tools) {
      const domain = await getDomainByHost(tools.ctx, host);
      const { jobId } = await removeDomain(tools.ctx, domain.tenantId, { host });
      return changed(tools, { domain, jobId, wait, text: `${host} is removed.` });
    },
  }),
  defineCommand({
    noun: 'domain',
    verb: 'list',
    summary: 'List the host names of a store.',
    positional: 'store',
    options: { store },
    async run({ store }, { ctx }) {
      const { id } = await getTenant(ctx, store);
      const domains = await listDomains(ctx, id);
      const rows = domains.map((it) => [it.host, it.status, it.verifiedBy ?? '', it.checkError ?? '']);
      return { text: table(['HOST', 'STATUS', 'BY', 'SEEN'], rows), json: domains.map(toDomainJson) };
    },
  }),
];

type Change = { domain: Domain; jobId: string | undefined; wait: boolean; text?: string };

async function changed({ ctx, progress }: Tools, { domain, jobId, wait, text }: Change): Promise<Result> {
  if (jobId === undefined) {
    const said = text ?? `${domain.host} is not proven: ${domain.checkError}`;
    return { text: said, json: { domain: toDomainJson(domain), job: null } };
  }
  const job = wait ? await followJob(ctx, jobId, progress) : await getJob(ctx, jobId);
  const said = text ?? `${domain.host} is proven by ${domain.verifiedBy}.`;
  return {
    text: `${said} Job ${jobId} is ${job.status}.`,
    json: { domain: toDomainJson(domain), job: toJobJson(job) },
  };
}
