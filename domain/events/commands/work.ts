import type { Context } from '#platform/context.ts';
import { claimFrom, isBefore, removeConsumer, trimBefore, type RedisConnection } from '#platform/redis/index.ts';
import { findTrimPoint } from '../publication/listings.ts';
import { shardKey } from '../shards.ts';
import type { ShardLease } from '../types.ts';
import { endCommand, listWaitingCommands, type Outcome } from './queries.ts';
import type { Command } from './types.ts';

/** The owner of a shard, by its consumer's name, and its Redis. */
type Owner = { name: string; redis: RedisConnection };

/**
 * Does what operators asked for this shard; to be called by its owner, about once a second. A command that would lose
 * something is refused, whatever was true when it was asked. Done twice, because a worker died before it could say so, it does
 * nothing more.
 */
export async function carryOutCommands(ctx: Context, owner: Owner, lease: ShardLease): Promise<void> {
  for (const command of await listWaitingCommands(ctx.db, lease, lease.shard)) {
    const at = ctx.clock.now();
    const outcome: Outcome =
      command.expiresAt <= at
        ? { state: 'refused', refusal: 'expired' }
        : await KINDS[command.kind](ctx, owner, lease, command);
    await endCommand(ctx.db, command.id, outcome, at);
    const { id, kind, shard, consumer } = command;
    ctx.log.info({ id, kind, shard, consumer, ...outcome }, 'an operator’s command was carried out');
  }
}

type CarryOut = (ctx: Context, owner: Owner, lease: ShardLease, command: Command) => Promise<Outcome>;

const KINDS: Record<Command['kind'], CarryOut> = {
  /** The owner settles what it claims with its next look at what it has in hand. */
  async claim(_ctx, { name, redis }, { stream, group, shard }, { consumer }) {
    if (consumer === name) return { state: 'refused', refusal: 'is_owner' };
    const claim = { stream: shardKey(stream, shard), group, from: consumer!, to: name };
    return { state: 'done', entries: await claimFrom(redis, claim) };
  },
  async trim(ctx, { redis }, { stream, shard }, { trimBefore: wanted }) {
    const safe = await findTrimPoint(ctx.db, stream, shard);
    if (safe === undefined) return { state: 'done', entries: 0 };
    if (wanted !== undefined && isBefore(safe, wanted)) return { state: 'refused', refusal: 'unsafe' };
    return { state: 'done', entries: await trimBefore(redis, shardKey(stream, shard), wanted ?? safe) };
  },
  async remove_consumer(_ctx, { name, redis }, { stream, group, shard }, { consumer }) {
    if (consumer === name) return { state: 'refused', refusal: 'is_owner' };
    const removed = await removeConsumer(redis, { stream: shardKey(stream, shard), group, consumer: consumer! });
    return removed === 'removed' ? { state: 'done', entries: 0 } : { state: 'refused', refusal: removed };
  },
};
