import { planPending, requestPublication } from '#domain/edge/index.ts';
import { getJob } from '#domain/jobs/index.ts';
import { API_ROOT, endpoint } from '#console/api/endpoint.ts';
import { role } from '#console/guards.ts';
import { toJobJson } from '#console/jobs/schemas.ts';
import { publicationInput, publicationSchema, toPlanJson } from './schemas.ts';

export const publicationEndpoints = [
  endpoint({
    method: 'post',
    path: '/edge-publications',
    guard: role('on_call'),
    summary: 'Publish stores, or everything that is pending',
    tag: 'Edge',
    body: publicationInput,
    status: 202,
    response: publicationSchema,
    otherAnswers: { 200: 'The plan alone: `dry_run` was asked for.' },
    refusals: { 409: '`nothing_to_publish`, or `plan_changed`: something else would be written than was shown.' },
    async run(ctx, { body: { slugs, reason, shown, dry_run } }) {
      if (dry_run) return { status: 200, body: { plan: toPlanJson(await planPending(ctx, { slugs })), jobs: [] } };
      const { jobIds, plan } = await requestPublication(ctx, { slugs, reason, shown });
      const jobs = [];
      for (const id of jobIds) jobs.push(toJobJson(await getJob(ctx, id)));
      return { body: { plan: toPlanJson(plan), jobs }, headers: { Location: `${API_ROOT}/jobs/${jobIds[0]}` } };
    },
  }),
];
