import { recordAudit } from '#domain/audit/index.ts';
import {
  CONSTRUCTION_STREAM,
  countHeld,
  deletePause,
  ENGINES_GROUP,
  insertPause,
  isKnownType,
  listPauses,
  type Pause,
  type PauseInput,
  type PauseScope,
} from '#domain/events/index.ts';
import type { Context } from '#platform/context.ts';
import { isUniqueViolation, withTransaction } from '#platform/db/index.ts';
import { Conflict, NotFound } from '#platform/errors.ts';
import { isId, newId } from '#platform/ids.ts';
import { getStore, nameStore, refusal } from '../fields.ts';
import { markStream } from '../sampling.ts';

const GROUP = { stream: CONSTRUCTION_STREAM, group: ENGINES_GROUP };

/** A pause, what it holds by its name, and how many events it holds now. */
type ActivePause = Pause & { label: string; held: number };

/** What is paused now, the newest first. */
export async function listActivePauses(ctx: Context): Promise<ActivePause[]> {
  const pauses = await listPauses(ctx.db, GROUP);
  return Promise.all(
    pauses.map(async (pause) => ({
      ...pause,
      label: await labelOf(ctx, pause),
      held: await countHeld(ctx.db, pause),
    })),
  );
}

/** How many events such a pause would hold now. Throws as {@link pauseFlow}. */
export async function previewPause(ctx: Context, input: Pick<PauseInput, 'scope' | 'target'>): Promise<number> {
  return countHeld(ctx.db, { ...input, target: await RESOLVE[input.scope](ctx, input.target) });
}

/**
 * Has a part of the stream wait until it is resumed, or for so many minutes; workers and relay heed it within about a
 * second. A store is named by its slug. Throws InvalidInput `unknown_shard`, `unknown_tenant`, `unknown_type`, Conflict
 * `already_paused`.
 */
export async function pauseFlow(ctx: Context, input: PauseInput): Promise<Pause> {
  return withTransaction(ctx, async (tx) => {
    const pausedAt = tx.clock.now();
    const pause: Pause = {
      id: newId(),
      scope: input.scope,
      target: await RESOLVE[input.scope](tx, input.target),
      reason: input.reason,
      pausedBy: tx.actor.label,
      pausedAt,
      expiresAt: input.forMinutes === undefined ? undefined : new Date(pausedAt.getTime() + input.forMinutes * 60_000),
    };
    await insertPause(tx.db, GROUP, pause);
    await audit(tx, 'paused', pause);
    await markStream(tx, GROUP.stream, 'pause', markNote(pause));
    return pause;
  }).catch((error: unknown) => {
    if (!isUniqueViolation(error, 'pauses_once')) throw error;
    const message = 'This is paused already.';
    throw new Conflict('already_paused', message, { fields: [{ path: 'target', code: 'already_paused', message }] });
  });
}

/** Lets it go on. Throws NotFound `pause_not_found` when it was resumed or has run out. */
export async function resumeFlow(ctx: Context, id: string): Promise<Pause> {
  return withTransaction(ctx, async (tx) => {
    const pause = isId(id) ? (await listPauses(tx.db, GROUP)).find((one) => one.id === id) : undefined;
    if (!pause || !(await deletePause(tx.db, id)))
      throw new NotFound('pause_not_found', 'There is no such pause: it was resumed, or its time is over.');
    await audit(tx, 'resumed', pause);
    await markStream(tx, GROUP.stream, 'resume', markNote(pause));
    return pause;
  });
}

/** What a target is called in the database, by scope. */
const RESOLVE: Record<PauseScope, (ctx: Context, target: string) => Promise<string>> = {
  all: async () => '',
  async shard(_ctx, target) {
    if (!/^\d{1,2}$/.test(target)) throw refusal('target', 'unknown_shard', 'Type the number of a shard, like 0.');
    return String(Number(target));
  },
  async type(_ctx, target) {
    if (!isKnownType(target)) throw refusal('target', 'unknown_type', `There is no type of event called “${target}”.`);
    return target;
  },
  async tenant(ctx, target) {
    return (await getStore(ctx, 'target', target)).id;
  },
};

async function labelOf(ctx: Context, { scope, target }: Pause): Promise<string> {
  if (scope !== 'tenant') return target;
  return nameStore(ctx, target);
}

function markNote({ scope, target, reason }: Pause): string {
  return `${[scope, target].filter(Boolean).join(' ')}: ${reason}`;
}

async function audit(tx: Context, verb: 'paused' | 'resumed', pause: Pause): Promise<void> {
  const { id, scope, target, reason, expiresAt } = pause;
  const subject = { type: 'stream', id, label: `${GROUP.stream} → ${GROUP.group}` };
  const tenantId = scope === 'tenant' ? { tenantId: target } : {};
  const said = { scope, target, reason, expires_at: expiresAt?.toISOString() ?? null };
  await recordAudit(tx, {
    action: `stream.${verb}`,
    subject,
    ...tenantId,
    [verb === 'paused' ? 'after' : 'before']: said,
  });
}
