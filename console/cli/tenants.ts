import { z } from 'zod';
import {
  createTenant,
  listTenants,
  resumeTenant,
  suspendTenant,
  TENANT_STATUSES,
  tenantFields,
  tenantKey,
  type TenantSummary,
} from '#domain/tenants/index.ts';
import { toSummaryJson } from '#console/tenants/schemas.ts';
import { accepted, slug } from './accepted.ts';
import { wait } from './requested-job.ts';
import { defineCommand, type Tools } from './command.ts';
import { table } from './table.ts';

const PAGE_SIZE = 200;

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
        schema: tenantFields.reason.default('Suspended at the command line.'),
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
