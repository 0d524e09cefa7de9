import { CONSTRUCTION_STREAM } from '#domain/events/index.ts';
import { readHistory, readStreams } from '#domain/streams/index.ts';
import { endpoint } from '#console/api/endpoint.ts';
import { role } from '#console/guards.ts';
import { toHistoryJson, toStreamJson, toWaitingJson } from './json.ts';
import { historyQuery, historySchema, streamsSchema, waitingSchema } from './schemas.ts';
import { readScreen } from './screen.ts';

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
  endpoint({
    method: 'get',
    path: '/streams/waiting',
    guard: role('viewer'),
    summary: 'The ten stores and the ten types of event with the most waiting, and those that wait longest',
    tag: 'Streams',
    response: waitingSchema,
    run: async (ctx) => ({ body: toWaitingJson((await readScreen(ctx)).waiting) }),
  }),
  endpoint({
    method: 'get',
    path: '/streams/history',
    guard: role('viewer'),
    summary: 'How the events flowed over an hour, a day, a week or a month, and what was done meanwhile',
    tag: 'Streams',
    query: historyQuery,
    response: historySchema,
    run: async (ctx, { query }) => ({
      body: toHistoryJson(await readHistory(ctx, CONSTRUCTION_STREAM, query.range)),
    }),
  }),
];
