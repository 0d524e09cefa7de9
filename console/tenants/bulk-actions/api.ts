import { z } from 'zod';
import {
  bulkStoreKey,
  confirmBulkAction,
  getBulkPlan,
  listBulkStores,
  planBulkAction,
} from '#domain/bulk-actions/index.ts';
import { getJob } from '#domain/jobs/index.ts';
import { toPage } from '#platform/http/cursor.ts';
import { API_ROOT, endpoint } from '#console/api/endpoint.ts';
import { pageOf, pageQuery } from '#console/api/paging.ts';
import type { ConsoleContext } from '#console/context.ts';
import { role } from '#console/guards.ts';
import { toJobJson } from '#console/jobs/schemas.ts';
import * as schemas from './schemas.ts';

const params = z.object({ id: z.string() });
const tag = 'Tenants';
const guard = role('on_call');

export const bulkEndpoints = [
  endpoint({
    method: 'post',
    path: '/tenant-bulk-actions',
    guard,
    summary: 'Suspend, resume or publish many stores; with `dry_run` answer 200 and only make the plan',
    tag,
    body: schemas.bulkAction,
    bodyLimit: '1mb',
    status: 202,
    response: schemas.bulkAnswer,
    refusals: { 409: '`bulk_plan_empty`: the state of none of these stores allows it.' },
    async run(ctx, { body }) {
      const id = await planBulkAction(ctx, { action: body.action, selection: schemas.selectionOf(body) });
      if (!body.dry_run) return confirmed(ctx, id, body.reason);
      return { status: 200, body: { plan: schemas.toPlanJson(await getBulkPlan(ctx, id)), job: null } };
    },
  }),
  endpoint({
    method: 'get',
    path: '/tenant-bulk-actions/:id',
    guard,
    summary: 'What an action on many stores would do, or did',
    tag,
    params,
    response: schemas.bulkPlanSchema,
    run: async (ctx, { params: { id } }) => ({ body: schemas.toPlanJson(await getBulkPlan(ctx, id)) }),
  }),
  endpoint({
    method: 'get',
    path: '/tenant-bulk-actions/:id/stores',
    guard,
    summary: 'The stores of such a plan, with exactly the files that change',
    tag,
    params,
    query: pageQuery.extend({
      which: z.enum(['meant', 'refused', 'changed']).default('meant').meta({
        description: 'Those it is done to, those whose state refuses it, or those left alone because they had changed.',
      }),
    }),
    response: pageOf(schemas.bulkStoreSchema),
    refusals: { 400: 'The cursor is not one of ours.' },
    async run(ctx, { params: { id }, query: { which, limit, cursor } }) {
      const plan = await getBulkPlan(ctx, id);
      const rows = await listBulkStores(ctx, plan.id, { which, limit, after: ctx.cursors.decode(cursor) });
      const page = toPage(rows, limit, ctx.cursors, bulkStoreKey);
      return { body: { ...page, items: page.items.map(schemas.toBulkStoreJson) } };
    },
  }),
  endpoint({
    method: 'post',
    path: '/tenant-bulk-actions/:id/confirmation',
    guard,
    summary: 'Do what a plan says; stores that changed since are left alone',
    tag,
    params,
    body: schemas.bulkConfirmation,
    status: 202,
    response: schemas.bulkAnswer,
    refusals: {
      409: '`bulk_plan_confirmed` already, or `bulk_plan_outdated`: every one of the stores has changed since.',
    },
    run: (ctx, { params: { id }, body: { reason } }) => confirmed(ctx, id, reason),
  }),
];

async function confirmed(ctx: ConsoleContext, planId: string, reason: string) {
  const { jobId } = await confirmBulkAction(ctx, planId, { reason });
  return {
    body: { plan: schemas.toPlanJson(await getBulkPlan(ctx, planId)), job: toJobJson(await getJob(ctx, jobId)) },
    headers: { Location: `${API_ROOT}/jobs/${jobId}` },
  };
}
