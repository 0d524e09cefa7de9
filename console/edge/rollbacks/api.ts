import { z } from 'zod';
import { planRollback, planTenantRollback, rollBackTenant, rollBackTo, type RollbackPlan } from '#domain/edge/index.ts';
import { endpoint } from '#console/api/endpoint.ts';
import type { ConsoleContext } from '#console/context.ts';
import { accepted } from '#console/edge/api.ts';
import * as schemas from '#console/edge/revisions/schemas.ts';
import { role } from '#console/guards.ts';

const tag = 'Edge';
const otherAnswers = { 200: 'The plan alone: `dry_run` was asked for.' };
const refusals = { 409: '`nothing_to_roll_back`, or `plan_changed`: something else would change than was shown.' };

export const rollbackEndpoints = [
  endpoint({
    method: 'post',
    path: '/edge-rollbacks',
    guard: role('operator'),
    summary: 'Make every store say what it said at a moment',
    tag,
    body: schemas.rollbackInput,
    status: 202,
    response: schemas.rollbackSchema,
    otherAnswers,
    refusals,
    async run(ctx, { body: { at, reason: why, shown, dry_run } }) {
      const moment = new Date(at);
      const plan = await planRollback(ctx, moment);
      if (dry_run) return planned(plan);
      return rolledBack(ctx, plan, await rollBackTo(ctx, moment, { why, shown: shown ?? plan.fingerprint }));
    },
  }),
  endpoint({
    method: 'post',
    path: '/tenants/:slug/rollbacks',
    guard: role('operator'),
    summary: 'Make one store say what it said in an earlier revision',
    tag,
    params: z.object({ slug: z.string().meta({ description: 'Slug or id of the store.' }) }),
    body: schemas.tenantRollbackInput,
    status: 202,
    response: schemas.rollbackSchema,
    otherAnswers,
    refusals,
    async run(ctx, { params: { slug: idOrSlug }, body: { revision, reason: why, shown, dry_run } }) {
      const plan = await planTenantRollback(ctx, { idOrSlug, revision });
      if (dry_run) return planned(plan);
      const order = { idOrSlug, revision, why, shown: shown ?? plan.fingerprint };
      return rolledBack(ctx, plan, await rollBackTenant(ctx, order));
    },
  }),
];

function planned(plan: RollbackPlan) {
  return { status: 200, body: { plan: schemas.toRollbackPlanJson(plan), job: null } };
}

async function rolledBack(ctx: ConsoleContext, plan: RollbackPlan, jobId: string) {
  const { body, headers } = await accepted(ctx, jobId);
  return { headers, body: { plan: schemas.toRollbackPlanJson(plan), ...body } };
}
