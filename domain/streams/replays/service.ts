import { recordAudit } from '#domain/audit/index.ts';
import {
  cancelReplay,
  CONSTRUCTION_STREAM,
  countReplayed,
  ENGINES_GROUP,
  insertReplay,
  isKnownType,
  listReplays,
  type Replay,
  type ReplayFilter,
} from '#domain/events/index.ts';
import type { Context } from '#platform/context.ts';
import { isStatementTimeout, isUniqueViolation, withTransaction } from '#platform/db/index.ts';
import { Conflict, NotFound } from '#platform/errors.ts';
import { isId, newId } from '#platform/ids.ts';
import { getStore, nameStore, refusal } from '../fields.ts';
import { markStream } from '../sampling.ts';

const GROUP = { stream: CONSTRUCTION_STREAM, group: ENGINES_GROUP };
const SHOWN = 20;

/** `tenant` is a store's slug or id; empty for all of them, as is `type`. */
export type ReplayInput = { from: Date; to: Date; tenant: string; type: string };

/** A replay, and the slug of its store. */
export type ShownReplay = Replay & { tenant: string | undefined };

/** The replays there were, the newest first. */
export async function listRecentReplays(ctx: Context): Promise<ShownReplay[]> {
  const replays = await listReplays(ctx.db, GROUP, SHOWN);
  return Promise.all(replays.map((replay) => withStore(ctx, replay)));
}

/** How many events it would apply again: exact up to COUNTED_UP_TO, one more beyond. Throws as {@link startReplay}. */
export async function previewReplay(ctx: Context, input: ReplayInput): Promise<number> {
  return count(ctx, await resolve(ctx, input));
}

/**
 * Has the engines apply once more what they applied of these events: for when their figures are wrong, or they have learnt
 * something new. What they know already counts nothing twice. Throws InvalidInput `from_after_to`, `nothing_to_replay`,
 * `too_many`, `unknown_tenant`, `unknown_type`, Conflict `replay_running`.
 */
export async function startReplay(ctx: Context, input: ReplayInput & { reason: string }): Promise<ShownReplay> {
  const filter = await resolve(ctx, input);
  const total = await count(ctx, filter);
  if (total === 0) throw refusal('from', 'nothing_to_replay', 'There is no event to apply again in this.');
  const replay: Replay = {
    ...filter,
    id: newId(),
    state: 'running',
    total,
    applied: 0,
    failed: 0,
    lastError: undefined,
    reason: input.reason,
    askedBy: ctx.actor.label,
    askedAt: ctx.clock.now(),
    endedAt: undefined,
  };
  await withTransaction(ctx, async (tx) => {
    await insertReplay(tx.db, GROUP, replay);
    await audit(tx, 'asked', replay);
    await markStream(tx, GROUP.stream, 'replay', `${total} events: ${input.reason}`);
  }).catch((error: unknown) => {
    if (!isUniqueViolation(error, 'replays_one_at_a_time')) throw error;
    throw new Conflict('replay_running', 'Another replay runs. Wait for its end, or cancel it.');
  });
  return withStore(ctx, replay);
}

/** Ends a replay before its end; what it has applied stays. Throws NotFound `replay_not_found` when it does not run. */
export async function endReplay(ctx: Context, id: string): Promise<ShownReplay> {
  return withTransaction(ctx, async (tx) => {
    const replay = isId(id) ? await cancelReplay(tx.db, id, tx.clock.now()) : undefined;
    if (!replay) throw new NotFound('replay_not_found', 'There is no such replay that runs: it has ended.');
    await audit(tx, 'cancelled', replay);
    return withStore(tx, replay);
  });
}

async function count(ctx: Context, filter: ReplayFilter): Promise<number> {
  try {
    return await countReplayed(ctx.db, GROUP.group, filter);
  } catch (error) {
    if (!isStatementTimeout(error)) throw error;
    throw refusal('from', 'too_many', 'These are too many to count. Choose a shorter time.');
  }
}

async function resolve(ctx: Context, { from, to, tenant: slug, type }: ReplayInput): Promise<ReplayFilter> {
  if (from >= to) throw refusal('to', 'from_after_to', 'The end must be after the beginning.');
  if (type !== '' && !isKnownType(type))
    throw refusal('type', 'unknown_type', `There is no type of event called “${type}”.`);
  const tenant = slug === '' ? undefined : await getStore(ctx, 'tenant', slug);
  return { from, to, tenantId: tenant?.id, type: type === '' ? undefined : type };
}

async function withStore(ctx: Context, replay: Replay): Promise<ShownReplay> {
  const { tenantId } = replay;
  return { ...replay, tenant: tenantId === undefined ? undefined : await nameStore(ctx, tenantId) };
}

async function audit(tx: Context, verb: 'asked' | 'cancelled', replay: Replay): Promise<void> {
  const { id, from, to, type, total, applied, reason, tenantId } = replay;
  const said = { from: from.toISOString(), to: to.toISOString(), type: type ?? null, total, applied, reason };
  await recordAudit(tx, {
    action: `stream.replay_${verb}`,
    subject: { type: 'stream', id, label: `${GROUP.stream} → ${GROUP.group}` },
    ...(tenantId !== undefined && { tenantId }),
    after: said,
  });
}
