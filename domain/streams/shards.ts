import { recordAudit } from '#domain/audit/index.ts';
import { CONSTRUCTION_STREAM } from '#domain/events/index.ts';
import type { Context } from '#platform/context.ts';
import { withTransaction } from '#platform/db/index.ts';
import { Conflict } from '#platform/errors.ts';
import { markStream } from './sampling.ts';

/** A shard of a stream; one above the stream's number gets no more events and is emptied. */
type Shard = {
  shard: number;
  inFlight: number;
  parked: number;
  owner: string | undefined;
  isWrittenTo: boolean;
};

export type ShardOverview = { stream: string; count: number; shards: Shard[]; asOf: Date };

/** Each worker owns whole shards: more of them are for more workers, and no worker needs so many. */
export const MOST_SHARDS = 32;

/** The shards there are, and what is in them now. */
export async function readShards(ctx: Context): Promise<ShardOverview> {
  const stream = CONSTRUCTION_STREAM;
  const { rows } = await ctx.db.raw<{ rows: ShardRow[] }>(
    `select c.shard, c.owner, s.shard_count, clock_timestamp() as at,
            count(p.event_id) filter (where p.parked_reason is null)::int as in_flight,
            count(p.event_id) filter (where p.parked_reason is not null)::int as parked
       from events.streams s
       left join events.consumer_shards c on c.stream = s.name
       left join events.pending p on p.shard = c.shard and p.published_at is not null
      where s.name = ? group by c.shard, c.owner, s.shard_count order by c.shard`,
    [stream],
  );
  const count = rows[0]!.shard_count;
  const shards = rows.flatMap((row): Shard[] => {
    const { shard, owner, in_flight: inFlight, parked } = row;
    return shard === null ? [] : [{ shard, inFlight, parked, owner: owner ?? undefined, isWrittenTo: shard < count }];
  });
  return { stream, count, shards, asOf: rows[0]!.at };
}

type ShardRow = {
  shard: number | null;
  owner: string | null;
  shard_count: number;
  at: Date;
  in_flight: number;
  parked: number;
};

/**
 * Spreads the stream over another number of shards; the relay does it with its next batch. No order is lost: an event whose
 * predecessor is still in another shard waits for it. Throws Conflict `same_shard_count`.
 */
export async function changeShardCount(ctx: Context, count: number, reason: string): Promise<ShardOverview> {
  await withTransaction(ctx, async (tx) => {
    const place = { name: CONSTRUCTION_STREAM };
    const before = await tx.db('events.streams').where(place).first<{ shard_count: number }>('shard_count');
    const changed = await tx
      .db('events.streams')
      .where(place)
      .whereNot({ shard_count: count })
      .update({ shard_count: count });
    if (changed === 0)
      throw new Conflict('same_shard_count', `There are ${count} already.`, {
        fields: [{ path: 'count', code: 'same_shard_count', message: `There are ${count} already.` }],
      });
    await recordAudit(tx, {
      action: 'stream.resharded',
      subject: { type: 'stream', id: CONSTRUCTION_STREAM, label: CONSTRUCTION_STREAM },
      before: { shards: before.shard_count },
      after: { shards: count, reason },
    });
    await markStream(tx, CONSTRUCTION_STREAM, 'deploy', `${count} shards: ${reason}`);
  });
  return readShards(ctx);
}
