import {
  carryOutCommands,
  listOverdue,
  listReleasable,
  replayLetters,
  shardKey,
  type ShardLease,
} from '#domain/events/index.ts';
import {
  acknowledge,
  findUndeliverable,
  readGroup,
  reclaimEntries,
  type RedisConnection,
  type StreamEntry,
} from '#platform/redis/index.ts';
import type { PauseWatch } from '../pause-watch.ts';
import { settleAgain, settleFresh, settleParked, type Settler } from './settle-entries.ts';

/** What a worker works with. */
export type Worker = {
  /** Stable over restarts: what a killed worker owned belongs at once to the one that takes its name. */
  name: string;
  /** Waits in XREADGROUP, so nothing else can use it. */
  reader: RedisConnection;
  redis: RedisConnection;
  settler: Settler;
  pauses: PauseWatch;
};

/** Enough to make a transaction worth its commit, few enough to bound memory and what a crash delivers again. */
export const BATCH = 1000;
/** After a long pause very many may be parked; new entries must not wait for all of them. */
const RELEASED_BATCHES = 5;
/** Each is asked of Redis by itself. */
const FORGOTTEN_AT_ONCE = 200;
/** Units: ms. */
const BLOCK_MS = 1000;

/** What was read of each shard, by its Redis key. */
export type Batch = Map<string, StreamEntry[]>;

/** Waits up to a second for new entries in the shards of these leases, at least one. */
export async function readNew(worker: Worker, leases: readonly ShardLease[]): Promise<Batch> {
  const { group } = leases[0]!;
  const read = { streams: leases.map(keyOf), group, consumer: worker.name, count: BATCH, blockMs: BLOCK_MS };
  return readGroup(worker.reader, read);
}

/** Settles what was read. What is of a shard that was lost meanwhile is its new owner's. */
export async function settleNew(worker: Worker, leases: readonly ShardLease[], batch: Batch): Promise<void> {
  for (const lease of leases) await settle(worker, lease, batch.get(keyOf(lease)) ?? [], settleFresh);
}

/**
 * Settles what has been pending for `idleMs`, whoever was given it: a shard has one owner, and every other one before it has
 * lost its lease.
 */
export async function settleLeftovers(worker: Worker, lease: ShardLease, idleMs: number): Promise<void> {
  const claim = { stream: keyOf(lease), group: lease.group, consumer: worker.name, idleMs, count: BATCH };
  await settle(worker, lease, await reclaimEntries(worker.redis, claim), settleAgain);
}

/**
 * Settles what we were given and could not settle because the database or Redis went away: before anything new is read, or
 * that would overtake it. That is up to two batches, one in hand and one read ahead. No attempt is counted, since nothing
 * speaks against these events.
 */
export async function settleInterrupted(worker: Worker, lease: ShardLease): Promise<void> {
  const claim = { stream: keyOf(lease), group: lease.group, consumer: worker.name, idleMs: 0, count: 2 * BATCH };
  await settle(worker, lease, await reclaimEntries(worker.redis, claim), settleFresh);
}

/** Tries dead letters again where somebody has asked for it. The owner of the first shard does it, for all of them. */
export async function settleReplayed({ settler }: Worker, lease: ShardLease): Promise<void> {
  if (lease.shard === 0) await replayLetters(settler.ctx, settler.consumer, lease);
}

/** Does what operators asked of Redis for this shard. */
export async function obeyCommands(worker: Worker, lease: ShardLease): Promise<void> {
  await carryOutCommands(worker.settler.ctx, worker, lease);
}

/** Settles what was parked and has nothing to wait for any more. */
export async function settleReleased({ settler, pauses }: Worker, lease: ShardLease): Promise<void> {
  const { group, shard } = lease;
  for (let batch = 0; batch < RELEASED_BATCHES; batch++) {
    const events = await listReleasable(settler.ctx.db, { group, shard, limit: BATCH, paused: pauses.now() });
    if (events.length > 0) await settleParked(settler, lease, events);
    if (events.length < BATCH) return;
  }
}

/**
 * Settles events that no entry will bring any more: somebody deleted or trimmed it, or removed the consumer that had it. From
 * the outbox, which has them all; to be called now and then for what was published `olderThanMs` ago.
 */
export async function settleForgotten(worker: Worker, lease: ShardLease, olderThanMs: number): Promise<void> {
  const { settler, redis } = worker;
  const { group, shard } = lease;
  const overdue = await listOverdue(settler.ctx.db, { shard, olderThanMs, limit: FORGOTTEN_AT_ONCE });
  const asked = { stream: keyOf(lease), group, ids: overdue.map(({ streamId }) => streamId) };
  const lost = new Set(await findUndeliverable(redis, asked));
  const events = overdue.filter(({ streamId }) => lost.has(streamId)).map(({ event }) => event);
  if (events.length === 0) return;
  settler.ctx.log.warn({ shard, events: events.length }, 'entries vanished from the stream: settled from the outbox');
  await settleParked(settler, lease, events);
}

async function settle(
  { redis, settler }: Worker,
  lease: ShardLease,
  entries: readonly StreamEntry[],
  how: typeof settleFresh,
): Promise<void> {
  if (entries.length === 0) return;
  await acknowledge(redis, keyOf(lease), lease.group, await how(settler, lease, entries));
}

function keyOf({ stream, shard }: ShardLease): string {
  return shardKey(stream, shard);
}
