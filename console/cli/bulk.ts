import { z } from 'zod';
import {
  BULK_ACTIONS,
  bulkStoreKey,
  confirmBulkAction,
  getBulkPlan,
  listBulkStores,
  planBulkAction,
  type BulkPlan,
  type BulkSelection,
  type BulkStore,
} from '#domain/bulk-actions/index.ts';
import { getJob } from '#domain/jobs/index.ts';
import { PROOF_STATES, TENANT_STATUSES } from '#domain/tenants/index.ts';
import { toJobJson } from '#console/jobs/schemas.ts';
import { toBulkStoreJson, toPlanJson } from '#console/tenants/bulk-actions/schemas.ts';
import { defineCommand, UsageError, type Result, type Tools } from './command.ts';
import { followJob } from './follow-job.ts';
import { table } from './table.ts';

const PAGE_SIZE = 500;

const oneOf = <const T extends readonly [string, ...string[]]>(values: T) =>
  z.enum(values, { error: `Type one of ${values.join(', ')}.` });

export const bulkCommands = [
  defineCommand({
    noun: 'tenant',
    verb: 'bulk',
    summary: 'Suspend, resume or publish many stores at once.',
    positional: 'action',
    options: {
      action: { value: 'ACTION', help: `One of ${BULK_ACTIONS.join(', ')}.`, schema: oneOf(BULK_ACTIONS) },
      slugs: { value: 'SLUG,…', help: 'These stores.', schema: z.string().optional() },
      search: { value: 'TEXT', help: 'Stores with this in their name or slug.', schema: z.string().optional() },
      status: { value: 'STATUS', help: 'Stores with this status.', schema: oneOf(TENANT_STATUSES).optional() },
      plan: { value: 'PLAN', help: 'Stores on this plan.', schema: z.string().optional() },
      proof: {
        value: 'PROOF',
        help: `What the edges were seen doing with them: ${PROOF_STATES.join(', ')}.`,
        schema: oneOf(PROOF_STATES).optional(),
      },
      all: { help: 'Every store.', schema: z.boolean().default(false) },
      reason: {
        value: 'TEXT',
        help: 'For colleagues and the audit log.',
        schema: z
          .string()
          .trim()
          .min(3, { error: 'Say why, in 3 to 300 characters.' })
          .max(300, { error: 'Say why, in 3 to 300 characters.' })
          .default('Done at the command line.'),
      },
      'dry-run': { help: 'Only say what would change.', schema: z.boolean().default(false) },
      wait: { help: 'Follow the job to its end; the exit code is then the job’s.', schema: z.boolean().default(false) },
    },
    async run({ action, reason, wait, 'dry-run': isDryRun, ...choice }, tools) {
      const planId = await planBulkAction(tools.ctx, { action, selection: selectionOf(choice) });
      if (isDryRun) return planned(tools, planId);
      const { jobId, changed } = await confirmBulkAction(tools.ctx, planId, { reason });
      for (const slug of changed) tools.progress(`${slug}: has changed just now, and is left alone`);
      const job = wait ? await followJob(tools.ctx, jobId, tools.progress) : await getJob(tools.ctx, jobId);
      const plan = await getBulkPlan(tools.ctx, planId);
      return {
        text: `${summaryOf(plan)} Job ${jobId} is ${job.status}.`,
        json: { plan: toPlanJson(plan), job: toJobJson(job) },
      };
    },
  }),
];

type Choice = { slugs?: string | undefined; all: boolean } & Record<'search' | 'plan', string | undefined> & {
    status?: (typeof TENANT_STATUSES)[number] | undefined;
    proof?: (typeof PROOF_STATES)[number] | undefined;
  };

/** Every store is meant only by whoever says so. */
function selectionOf({ slugs, all, ...filter }: Choice): BulkSelection {
  const isFiltered = Object.values(filter).some((value) => value !== undefined);
  if ([slugs !== undefined, isFiltered, all].filter(Boolean).length !== 1)
    throw new UsageError(['Say which stores: by --slugs, by filters, or --all.']);
  return slugs === undefined ? { filter } : { slugs: slugs.split(',').map((slug) => slug.trim()) };
}

async function planned(tools: Tools, planId: string): Promise<Result> {
  const plan = await getBulkPlan(tools.ctx, planId);
  const meant = await listAll(tools, planId, 'meant');
  const refused = await listAll(tools, planId, 'refused');
  const rows = meant.flatMap(({ slug, files }) =>
    files.map((file) => [slug, file.edge, file.fault ?? file.differences.map(inWords).join(', ')]),
  );
  const left = refused.map(({ slug, refusal }) => [slug, '–', `left alone: ${refusal}`]);
  return {
    text: `${table(['SLUG', 'EDGE', 'CHANGES'], [...rows, ...left])}\n${summaryOf(plan)} Nothing was done.`,
    json: { plan: toPlanJson(plan), stores: [...meant, ...refused].map(toBulkStoreJson) },
  };
}

const inWords = ({ field, before, after }: { field: string; before: unknown; after: unknown }) =>
  `${field}: ${JSON.stringify(before ?? null)} → ${JSON.stringify(after ?? null)}`;

function summaryOf({ action, counts }: BulkPlan): string {
  const left = counts.refused + counts.changed;
  return `${action}: ${counts.stores} stores, ${counts.files} files; ${left} left alone.`;
}

async function listAll({ ctx }: Tools, planId: string, which: 'meant' | 'refused'): Promise<BulkStore[]> {
  const all: BulkStore[] = [];
  let after: readonly string[] | undefined;
  do {
    const rows = await listBulkStores(ctx, planId, { which, limit: PAGE_SIZE, after });
    all.push(...rows.slice(0, PAGE_SIZE));
    after = rows.length > PAGE_SIZE ? bulkStoreKey(all.at(-1)!) : undefined;
  } while (after);
  return all;
}
