import { z } from 'zod';
import {
  edgeFields,
  planPending,
  planRollback,
  planTenantRollback,
  requestPublication,
  rollBackTenant,
  rollBackTo,
  type Difference,
  type PublicationPlan,
  type RollbackPlan,
} from '#domain/edge/index.ts';
import { toPlanJson } from '#console/edge/publications/schemas.ts';
import { toRollbackPlanJson } from '#console/edge/revisions/schemas.ts';
import { defineCommand, UsageError, type Result, type Tools } from './command.ts';
import { requested, wait } from './requested-job.ts';
import { table } from './table.ts';

const dryRun = { help: 'Only print what would change.', schema: z.boolean().default(false) };
const reason = (words: string) => ({
  value: 'TEXT',
  help: 'For colleagues and the audit log.',
  schema: edgeFields.reason.default(words),
});

export const edgeChangeCommands = [
  defineCommand({
    noun: 'edge',
    verb: 'rollback',
    summary: 'Make all stores say what they said at a time, or one store what it said in a revision.',
    options: {
      at: {
        value: 'TIME',
        help: 'All stores: a time like 2026-11-26T14:05:00Z.',
        schema: z.iso.datetime({ offset: true, error: 'Type a time like 2026-11-26T14:05:00Z.' }).optional(),
      },
      store: { value: 'SLUG', help: 'One store; name its revision too.', schema: z.string().optional() },
      revision: {
        value: 'N',
        help: 'A revision that the store was served by.',
        schema: z.coerce.number().int().positive({ error: 'Type the number of a revision.' }).optional(),
      },
      reason: reason('Rolled back at the command line.'),
      'dry-run': dryRun,
      wait,
    },
    async run({ at, store, revision, reason: why, 'dry-run': isDry, wait }, tools) {
      const order = rollbackOf(tools, { at, store, revision });
      const plan = await order.plan();
      if (isDry) return { text: rollbackText(plan), json: toRollbackPlanJson(plan) };
      const done = await requested(tools, await order.run({ why, shown: plan.fingerprint }), wait);
      return withPlan(done, rollbackText(plan), toRollbackPlanJson(plan));
    },
  }),
  defineCommand({
    noun: 'edge',
    verb: 'publish',
    summary: 'Publish everything that is pending, or some stores.',
    options: {
      stores: {
        value: 'SLUGS',
        help: 'Only these stores, separated by commas.',
        schema: z
          .string()
          .transform((text) => text.split(',').map((slug) => slug.trim()))
          .optional(),
      },
      reason: reason('Published at the command line.'),
      'dry-run': dryRun,
      wait,
    },
    async run({ stores: slugs, reason: why, 'dry-run': isDry, wait }, tools) {
      if (isDry) {
        const plan = await planPending(tools.ctx, { slugs });
        return { text: planText(plan), json: toPlanJson(plan) };
      }
      const { jobIds, plan } = await requestPublication(tools.ctx, { slugs, reason: why });
      const results: Result[] = [];
      for (const id of jobIds) results.push(await requested(tools, id, wait));
      const text = results.map((result) => result.text).join('\n');
      const json = { jobs: results.map((result) => (result.json as { job: unknown }).job) };
      return withPlan({ text, json }, planText(plan), toPlanJson(plan));
    },
  }),
];

type Wanted = { at: string | undefined; store: string | undefined; revision: number | undefined };
type Rollback = {
  plan(): Promise<RollbackPlan>;
  run(confirmed: { why: string; shown: string }): Promise<string>;
};

function rollbackOf({ ctx }: Tools, { at, store, revision }: Wanted): Rollback {
  if (at !== undefined && store === undefined && revision === undefined) {
    const moment = new Date(at);
    return { plan: () => planRollback(ctx, moment), run: (confirmed) => rollBackTo(ctx, moment, confirmed) };
  }
  if (at === undefined && store !== undefined && revision !== undefined) {
    const one = { idOrSlug: store, revision };
    return {
      plan: () => planTenantRollback(ctx, one),
      run: (confirmed) => rollBackTenant(ctx, { ...one, ...confirmed }),
    };
  }
  throw new UsageError(['Say either --at TIME, or --store SLUG and --revision N.']);
}

function withPlan({ text, json }: Result, planned: string, plan: object): Result {
  return { text: `${planned}\n${text}`, json: { plan, ...(json as object) } };
}

function rollbackText({ items }: RollbackPlan): string {
  if (items.length === 0) return 'Nothing would change.';
  const rows = items.flatMap(({ slug, differences }) => differences.map((difference) => [slug, ...cells(difference)]));
  return table(['STORE', 'FIELD', 'NOW', 'THEN'], rows);
}

function planText({ files, fileCount, maps }: PublicationPlan): string {
  if (fileCount === 0 && maps.length === 0) return 'Nothing is pending.';
  const rows = files.map(({ slug, edge, differences, fault }) => [
    slug,
    edge,
    fault ?? (differences.map((difference) => difference.field).join(', ') || 'the same once more'),
  ]);
  if (fileCount > files.length) rows.push([`and ${fileCount - files.length} more files`, '', '']);
  const ofMaps = maps.map(({ edge, removed, added }) => ['maps', edge, `-${removed.length} +${added.length} lines`]);
  return table(['WHAT', 'EDGE', 'CHANGES'], [...rows, ...ofMaps]);
}

function cells({ field, before, after }: Difference): string[] {
  const text = (value: unknown) => (typeof value === 'string' ? value : JSON.stringify(value ?? null));
  return [field, text(before), text(after)];
}
