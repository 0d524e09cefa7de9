import { z } from 'zod';
import { changeShardCount, readShards, type ShardOverview } from '#domain/streams/index.ts';
import { endpoint } from '#console/api/endpoint.ts';
import { moment } from '#console/api/paging.ts';
import { role } from '#console/guards.ts';
import { shardFields } from './forms.ts';

const tag = 'Streams';

const shardsSchema = z
  .object({
    stream: z.string(),
    as_of: moment,
    count: z.int(),
    shards: z.array(
      z.object({
        shard: z.int(),
        in_flight: z.int(),
        parked: z.int(),
        owner: z.string().nullable(),
        is_written_to: z.boolean().meta({ description: 'False for one above the count: it is only emptied.' }),
      }),
    ),
  })
  .meta({ id: 'Shards' });

function toShardsJson({ stream, asOf, count, shards }: ShardOverview): z.input<typeof shardsSchema> {
  return {
    stream,
    as_of: asOf.toISOString(),
    count,
    shards: shards.map(({ shard, inFlight, parked, owner, isWrittenTo }) => ({
      shard,
      in_flight: inFlight,
      parked,
      owner: owner ?? null,
      is_written_to: isWrittenTo,
    })),
  };
}

export const shardEndpoints = [
  endpoint({
    method: 'get',
    path: '/stream-shards',
    guard: role('viewer'),
    summary: 'The shards of the stream and what is in them',
    tag,
    response: shardsSchema,
    run: async (ctx) => ({ body: toShardsJson(await readShards(ctx)) }),
  }),
  endpoint({
    method: 'put',
    path: '/stream-shards',
    guard: role('operator'),
    summary: 'Spread the stream over another number of shards; no order is lost',
    tag,
    body: z.object(shardFields),
    response: shardsSchema,
    refusals: { 409: '`same_shard_count`.' },
    run: async (ctx, { body: { count, reason } }) => ({
      body: toShardsJson(await changeShardCount(ctx, count, reason)),
    }),
  }),
];
