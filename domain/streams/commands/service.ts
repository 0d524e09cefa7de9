import { recordAudit } from '#domain/audit/index.ts';
import {
  CONSTRUCTION_STREAM,
  ENGINES_GROUP,
  findTrimPoint,
  insertCommand,
  listCommands,
  type Command,
  type CommandInput,
} from '#domain/events/index.ts';
import type { Context } from '#platform/context.ts';
import { withTransaction } from '#platform/db/index.ts';
import { Conflict, Unavailable } from '#platform/errors.ts';
import { newId } from '#platform/ids.ts';
import { isBefore, type RedisConnection } from '#platform/redis/index.ts';
import { refusal } from '../fields.ts';
import { readReaders, type Reader } from './readers.ts';

const GROUP = { stream: CONSTRUCTION_STREAM, group: ENGINES_GROUP };
const SHOWN = 10;
/** Units: ms. What nobody did within five minutes is not done any more. */
const VALID_FOR_MS = 5 * 60_000;

/** What was asked of Redis lately, the newest first. */
export async function listRecentCommands(ctx: Context): Promise<Command[]> {
  return listCommands(ctx.db, GROUP, SHOWN);
}

/**
 * How many entries it would claim, or about how many it would drop; none of a removal. Throws as {@link askCommand}, and
 * Unavailable `redis_unavailable`.
 */
export async function previewCommand(ctx: Context, redis: RedisConnection, input: CommandInput): Promise<number> {
  const found = await readReaders(ctx, redis);
  if (!found) throw new Unavailable('redis_unavailable', 'Redis does not answer, so nobody knows what is in it.');
  const { kind, shard, consumer, trimBefore } = input;
  const store = found.stores.find((one) => one.shard === shard);
  if (!store) throw refusal('shard', 'unknown_shard', `There is no shard ${shard}.`);
  if (kind === 'trim') {
    const safe = await findTrimPoint(ctx.db, GROUP.stream, shard);
    if (trimBefore !== undefined && safe !== undefined && isBefore(safe, trimBefore))
      throw new Conflict('unsafe', `Entries from ${safe} on are not settled. Trim before that one at most.`);
    return store.settled;
  }
  const reader = found.readers.find((one) => one.shard === shard && one.name === consumer);
  refuse(kind, reader);
  return reader!.pending;
}

function refuse(kind: 'claim' | 'remove_consumer', reader: Reader | undefined): void {
  if (!reader) throw refusal('consumer', 'unknown_consumer', 'There is no such consumer of this shard.');
  if (reader.isOwner) throw new Conflict('is_owner', 'This is the owner of the shard: it reads it.');
  if (kind === 'remove_consumer' && reader.pending > 0)
    throw new Conflict('has_pending', `It has ${reader.pending} entries in hand. Claim them first.`);
}

/**
 * Asks the owner of a shard to claim what another consumer has in hand, to drop entries that are settled, or to remove a
 * consumer with nothing in hand. The owner looks again and refuses what would lose something. Throws InvalidInput
 * `unknown_shard`, `unknown_consumer`, Conflict `is_owner`, `has_pending`, `unsafe`, Unavailable `redis_unavailable`.
 */
export async function askCommand(
  ctx: Context,
  redis: RedisConnection,
  { reason, ...input }: CommandInput & { reason: string },
): Promise<Command> {
  await previewCommand(ctx, redis, input);
  const askedAt = ctx.clock.now();
  const command: Command = {
    ...input,
    id: newId(),
    state: 'waiting',
    refusal: undefined,
    entries: undefined,
    reason,
    askedBy: ctx.actor.label,
    askedAt,
    expiresAt: new Date(askedAt.getTime() + VALID_FOR_MS),
    endedAt: undefined,
  };
  await withTransaction(ctx, async (tx) => {
    await insertCommand(tx.db, GROUP, command);
    const { id, kind, shard, consumer = null, trimBefore = null } = command;
    await recordAudit(tx, {
      action: `stream.${kind}_asked`,
      subject: { type: 'stream', id, label: `${GROUP.stream} → ${GROUP.group}` },
      after: { shard, consumer, trim_before: trimBefore, reason },
    });
  });
  return command;
}
