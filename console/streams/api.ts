import { readStreams } from '#domain/streams/index.ts';
import { endpoint } from '#console/api/endpoint.ts';
import { role } from '#console/guards.ts';
import { streamsSchema, toStreamJson } from './schemas.ts';

export const streamEndpoints = [
  endpoint({
    method: 'get',
    path: '/streams',
    guard: role('viewer'),
    summary: 'How far each consumer group is, and who is at work',
    tag: 'Streams',
    response: streamsSchema,
    run: async (ctx) => ({ body: { items: (await readStreams(ctx, ctx.redis)).map(toStreamJson) } }),
  }),
];
