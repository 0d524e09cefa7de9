import type { Db } from '#platform/db/index.ts';
import type { Command, CommandRefusal } from './types.ts';

type Group = { stream: string; group: string };

type CommandRow = {
  id: string;
  shard: number;
  kind: Command['kind'];
  consumer: string | null;
  trim_before: string | null;
  reason: string;
  asked_by: string;
  asked_at: Date;
  expires_at: Date;
  state: Command['state'];
  refusal: CommandRefusal | null;
  entries: number | null;
  ended_at: Date | null;
};

/** The newest first. */
export async function listCommands(db: Db, { stream, group }: Group, limit: number): Promise<Command[]> {
  const rows = await db<CommandRow>('events.commands')
    .where({ stream, consumer_group: group } as object)
    .orderBy('asked_at', 'desc')
    .limit(limit);
  return rows.map(toCommand);
}

export async function insertCommand(db: Db, { stream, group }: Group, command: Command): Promise<void> {
  await db('events.commands').insert({
    id: command.id,
    stream,
    consumer_group: group,
    shard: command.shard,
    kind: command.kind,
    consumer: command.consumer ?? null,
    trim_before: command.trimBefore ?? null,
    reason: command.reason,
    asked_by: command.askedBy,
    asked_at: command.askedAt,
    expires_at: command.expiresAt,
  });
}

/** Those that wait for a shard's owner, the oldest first. */
export async function listWaitingCommands(db: Db, { stream, group }: Group, shard: number): Promise<Command[]> {
  const rows = await db<CommandRow>('events.commands')
    .where({ stream, consumer_group: group, shard, state: 'waiting' } as object)
    .orderBy('asked_at');
  return rows.map(toCommand);
}

export type Outcome = { state: 'done'; entries: number } | { state: 'refused'; refusal: CommandRefusal };

export async function endCommand(db: Db, id: string, outcome: Outcome, at: Date): Promise<void> {
  await db('events.commands')
    .where({ id, state: 'waiting' })
    .update({ ...outcome, ended_at: at });
}

function toCommand(row: CommandRow): Command {
  const { id, shard, kind, state, reason } = row;
  return {
    id,
    shard,
    kind,
    state,
    reason,
    consumer: row.consumer ?? undefined,
    trimBefore: row.trim_before ?? undefined,
    refusal: row.refusal ?? undefined,
    entries: row.entries ?? undefined,
    askedBy: row.asked_by,
    askedAt: row.asked_at,
    expiresAt: row.expires_at,
    endedAt: row.ended_at ?? undefined,
  };
}
