import { z } from 'zod';
import { getJob } from '#domain/jobs/index.ts';
import { endpoint } from '#console/api/endpoint.ts';
import { role } from '#console/guards.ts';
import { jobSchema, toJobJson } from './schemas.ts';

export const jobEndpoints = [
  endpoint({
    method: 'get',
    path: '/jobs/:id',
    guard: role('viewer'),
    summary: 'A job and its steps',
    tag: 'Jobs',
    params: z.object({ id: z.string() }),
    response: jobSchema,
    run: async (ctx, { params }) => ({ body: toJobJson(await getJob(ctx, params.id)) }),
  }),
];
