import { z } from 'zod';
import { getJob, listOutput } from '#domain/jobs/index.ts';
import { endpoint } from '#console/api/endpoint.ts';
import { role } from '#console/guards.ts';
import { jobSchema, outputQuery, outputSchema, toJobJson } from './schemas.ts';

const params = z.object({ id: z.string() });

export const jobEndpoints = [
  endpoint({
    method: 'get',
    path: '/jobs/:id',
    guard: role('viewer'),
    summary: 'A job and its steps',
    tag: 'Jobs',
    params,
    response: jobSchema,
    run: async (ctx, { params }) => ({ body: toJobJson(await getJob(ctx, params.id)) }),
  }),
  endpoint({
    method: 'get',
    path: '/jobs/:id/output',
    guard: role('viewer'),
    summary: 'What a job printed so far, piece by piece; ask again with the last `seq` as `after`',
    tag: 'Jobs',
    params,
    query: outputQuery,
    response: outputSchema,
    async run(ctx, { params, query: { after, limit } }) {
      const { id: jobId } = await getJob(ctx, params.id);
      const pieces = await listOutput(ctx, { jobId, after, limit });
      const items = pieces.slice(0, limit).map((piece) => ({ ...piece, at: piece.at.toISOString() }));
      return { body: { items, has_more: pieces.length > limit } };
    },
  }),
];
