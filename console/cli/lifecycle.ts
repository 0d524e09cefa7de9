import { z } from 'zod';
import {
  archiveTenant,
  changePlan,
  deleteTenant,
  renameTenant,
  restoreTenant,
  tenantFields,
} from '#domain/tenants/index.ts';
import { toSummaryJson } from '#console/tenants/schemas.ts';
import { accepted, slug } from './accepted.ts';
import { wait } from './requested-job.ts';
import { defineCommand } from './command.ts';

const days = (schema: z.ZodType<number, number>) => z.coerce.number().pipe(schema).optional();

export const lifecycleCommands = [
  defineCommand({
    noun: 'tenant',
    verb: 'rename',
    summary: 'Give a store another name; its old one leads to it.',
    positional: 'slug',
    options: {
      slug,
      to: { value: 'SLUG', help: 'The new label before the base domain.', schema: tenantFields.slug },
      'alias-days': {
        value: 'N',
        help: 'How long the old name leads to the new one (90).',
        schema: days(tenantFields.aliasDays),
      },
      wait,
    },
    async run({ slug, to, wait, ...more }, tools) {
      const { tenant, jobId } = await renameTenant(tools.ctx, slug, { slug: to, aliasDays: more['alias-days'] });
      return accepted(tools, { tenantId: tenant.id, jobId, wait });
    },
  }),
  defineCommand({
    noun: 'tenant',
    verb: 'archive',
    summary: 'Take a store off the platform and keep everything of it.',
    positional: 'slug',
    options: {
      slug,
      reason: {
        value: 'TEXT',
        help: 'For colleagues and the audit log.',
        schema: tenantFields.reason.default('Archived at the command line.'),
      },
      'grace-days': {
        value: 'N',
        help: 'How long it can be restored and not be deleted (30).',
        schema: days(tenantFields.graceDays),
      },
      wait,
    },
    async run({ slug, reason, wait, ...more }, tools) {
      const { tenant, jobId } = await archiveTenant(tools.ctx, slug, { reason, graceDays: more['grace-days'] });
      return accepted(tools, { tenantId: tenant.id, jobId, wait });
    },
  }),
  defineCommand({
    noun: 'tenant',
    verb: 'restore',
    summary: 'Bring an archived store back as what it was.',
    positional: 'slug',
    options: { slug, wait },
    async run({ slug, wait }, tools) {
      const { tenant, jobId } = await restoreTenant(tools.ctx, slug);
      return accepted(tools, { tenantId: tenant.id, jobId, wait, under: 'being restored' });
    },
  }),
  defineCommand({
    noun: 'tenant',
    verb: 'delete',
    summary: 'Delete an archived store for good, once its grace is over; a copy is kept.',
    positional: 'slug',
    options: {
      slug,
      confirm: { value: 'SLUG', help: 'The slug again, to be sure.', schema: z.string() },
      reason: {
        value: 'TEXT',
        help: 'For the audit log.',
        schema: tenantFields.reason.default('Deleted at the command line.'),
      },
      wait,
    },
    async run({ slug, confirm: confirmation, reason, wait }, tools) {
      const { tenant, jobId } = await deleteTenant(tools.ctx, slug, { confirmation, reason });
      return accepted(tools, { tenantId: tenant.id, jobId, wait, under: 'being deleted' });
    },
  }),
  defineCommand({
    noun: 'tenant',
    verb: 'plan',
    summary: 'Put a store on another plan.',
    positional: 'slug',
    options: {
      slug,
      plan: { value: 'CODE', help: 'standard, plus or premium.', schema: tenantFields.plan },
      wait,
    },
    async run({ slug, plan, wait }, tools) {
      const { tenant, jobId } = await changePlan(tools.ctx, slug, { plan });
      if (jobId !== undefined) return accepted(tools, { tenantId: tenant.id, jobId, wait, under: `on ${tenant.plan}` });
      const json = { tenant: toSummaryJson(tenant, tools.storeUrl(tenant.slug)), job: null };
      return { text: `${tenant.slug} is on ${tenant.plan} already.`, json };
    },
  }),
];
