import { z } from 'zod';
import { getJob, isFinished } from '#domain/jobs/index.ts';
import {
  createTenant,
  getTenant,
  listTenants,
  resumeTenant,
  suspendTenant,
  TENANT_STATUSES,
  tenantFields,
  tenantKey,
  type TenantSummary,
} from '#domain/tenants/index.ts';
import { toJobJson } from '#console/jobs/schemas.ts';
import { toSummaryJson } from '#console/tenants/schemas.ts';
import { defineCommand, type Result, type Tools } from './command.ts';
import { followJob } from './follow-job.ts';
import { table } from './table.ts';

const PAGE_SIZE = 200;

const wait = {
  help: 'Follow the job to its end; the exit code is then the job’s.',
  schema: z.boolean().default(false),
};
const slug = { value: 'SLUG', help: 'Which store.', schema: z.string().min(1, { error: 'Type the slug of a store.' }) };

export const tenantCommands = [
  defineCommand({
    noun: 'tenant',
    verb: 'create',
    summary: 'Onboard a store and print its first admin’s one-time password.',
    positional: 'slug',
    options: {
      slug: { value: 'SLUG', help: 'The label before the base domain.', schema: tenantFields.slug },
      name: { value: 'NAME', help: 'The name of the store.', schema: tenantFields.name },
      'admin-name': { value: 'NAME', help: 'Its first user.', schema: tenantFields.adminName },
      'admin-email': { value: 'EMAIL', help: 'The first user signs in with it.', schema: tenantFields.adminEmail },
      wait,
    },
    async run({ slug, name, wait, ...admin }, tools) {
      const { tenant, jobId, adminPassword } = await createTenant(tools.ctx, {
        slug,
        name,
        admin: { name: admin['admin-name'], email: admin['admin-email'] },
      });
      const credentials = { email: tenant.adminEmail, one_time_password: adminPassword };
      const passwordLine = `One-time password of ${tenant.adminEmail}: ${adminPassword}`;
      // Told before waiting: a job that fails, or an impatient Ctrl-C, must not take the only copy along.
      if (wait) tools.progress(passwordLine);
      const { text, json } = await accepted(tools, { tenantId: tenant.id, jobId, wait });
      return {
        text: wait ? text : `${text}\n${passwordLine}`,
        json: { ...(json as object), admin: credentials },
      };
    },
  }),
  defineCommand({
    noun: 'tenant',
    verb: 'list',
    summary: 'List stores, by slug.',
    options: {
      status: {
        value: 'STATUS',
        help: `Only these: ${TENANT_STATUSES.join(', ')}.`,
        schema: z.enum(TENANT_STATUSES, { error: `Type one of ${TENANT_STATUSES.join(', ')}.` }).optional(),
      },
      search: { value: 'TEXT', help: 'Part of the name or the slug.', schema: z.string().optional() },
    },
    async run(filter, tools) {
      const stores = await listAll(filter, tools);
      const rows = stores.map((it) => [it.slug, it.status, it.name, tools.storeUrl(it.slug)]);
      return {
        text: table(['SLUG', 'STATUS', 'NAME', 'URL'], rows),
        json: stores.map((it) => toSummaryJson(it, tools.storeUrl(it.slug))),
      };
    },
  }),
  defineCommand({
    noun: 'tenant',
    verb: 'suspend',
    summary: 'Close a store; its host answers 503 until it is resumed.',
    positional: 'slug',
    options: {
      slug,
      reason: {
        value: 'TEXT',
        help: 'For colleagues and the audit log.',
        schema: tenantFields.suspensionReason.default('Suspended at the command line.'),
      },
      wait,
    },
    async run({ slug, reason, wait }, tools) {
      const { tenant, jobId } = await suspendTenant(tools.ctx, slug, { reason });
      return accepted(tools, { tenantId: tenant.id, jobId, wait });
    },
  }),
  defineCommand({
    noun: 'tenant',
    verb: 'resume',
    summary: 'Open a suspended store again.',
    positional: 'slug',
    options: { slug, wait },
    async run({ slug, wait }, tools) {
      const { tenant, jobId } = await resumeTenant(tools.ctx, slug);
      return accepted(tools, { tenantId: tenant.id, jobId, wait, under: 'being resumed' });
    },
  }),
];

type Accepted = {
  tenantId: string;
  jobId: string;
  wait: boolean;
  /** What the store is while the job is not through, where its status does not say it. */
  under?: string;
};

/** The store and its job: as they are now, or as they are when the job has ended. */
async function accepted(
  { ctx, storeUrl, progress }: Tools,
  { tenantId, jobId, wait, under }: Accepted,
): Promise<Result> {
  const job = wait ? await followJob(ctx, jobId, progress) : await getJob(ctx, jobId);
  const tenant = await getTenant(ctx, tenantId);
  const url = storeUrl(tenant.slug);
  const state = under !== undefined && !isFinished(job.status) ? under : tenant.status;
  return {
    text: `${tenant.slug} is ${state} (${url}), job ${jobId} is ${job.status}.`,
    json: { tenant: toSummaryJson(tenant, url), job: toJobJson(job) },
  };
}

async function listAll(
  { status, search }: { status?: TenantSummary['status'] | undefined; search?: string | undefined },
  { ctx }: Tools,
): Promise<TenantSummary[]> {
  const all: TenantSummary[] = [];
  let after: readonly string[] | undefined;
  do {
    const rows = await listTenants(ctx, { status, search, sort: 'slug', limit: PAGE_SIZE, after });
    const page = rows.slice(0, PAGE_SIZE);
    all.push(...page);
    after = rows.length > PAGE_SIZE ? tenantKey(page.at(-1)!, 'slug') : undefined;
  } while (after);
  return all;
}
