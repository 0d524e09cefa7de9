import type { Context, TenantContext } from '#platform/context.ts';
import { withTenant } from '#platform/db/index.ts';
import { assertNever, toError } from '#platform/errors.ts';
import { newId } from '#platform/ids.ts';
import type { DeadLetterReason, OutboxEvent } from '../types.ts';
import {
  addToGroupCount,
  countAttempt,
  deleteRetries,
  insertDeadLetter,
  insertProcessed,
  noteFailure,
} from './queries.ts';

/** What a group decides to do with an event. */
export type Verdict =
  | { outcome: 'applied'; apply(tx: TenantContext): Promise<void> }
  | { outcome: 'ignored' }
  | { outcome: 'dead_lettered'; failure: Failure };

type Failure = { reason: DeadLetterReason; error: string; attempts: number; firstAttemptAt?: Date };

export type Consumer = {
  group: string;
  /** Who it was, for the dead letters. */
  worker: string;
  judge(event: OutboxEvent): Verdict;
};

export type Settled = { event: OutboxEvent; outcome: Verdict['outcome'] };
type Judged = { event: OutboxEvent; verdict: Verdict };

/** After so many attempts an event is put aside, so that one that cannot succeed does not hold the others. */
export const MAX_ATTEMPTS = 5;

/**
 * Settles events of one tenant in one transaction: the processed mark first, then the effect, then the counter. An event
 * that is marked already (a second delivery) is left alone, so effects happen exactly once. When one throws, nothing of
 * all this happened. Returns what was settled now.
 */
export async function settleEvents(
  ctx: Context,
  consumer: Consumer,
  tenantId: string,
  events: readonly OutboxEvent[],
): Promise<Settled[]> {
  const judged = events.map((event) => ({ event, verdict: consumer.judge(event) }));
  return withTenant(ctx, tenantId, (tx) => settleJudged(tx, consumer, judged));
}

/**
 * Another try at an event whose first delivery failed or killed its worker. The attempt is committed before it starts, so
 * that an event which ends the process is counted too; after {@link MAX_ATTEMPTS} it becomes a dead letter. Throws what
 * the effect threw.
 */
export async function retryEvent(ctx: Context, consumer: Consumer, event: OutboxEvent): Promise<Settled[]> {
  const { group } = consumer;
  const { tenantId, eventId } = event;
  const attempt = await withTenant(ctx, tenantId, (tx) => countAttempt(tx.db, group, event, tx.clock.now()));
  const { firstAttemptAt, lastError = 'its worker died each time' } = attempt;
  const failure: Failure = { reason: 'handler_failed', error: lastError, attempts: MAX_ATTEMPTS, firstAttemptAt };
  const verdict: Verdict =
    attempt.number > MAX_ATTEMPTS ? { outcome: 'dead_lettered', failure } : consumer.judge(event);
  return withTenant(ctx, tenantId, async (tx) => {
    const settled = await settleJudged(tx, consumer, [{ event, verdict }]);
    await deleteRetries(tx.db, group, tenantId, eventId);
    return settled;
  });
}

/** Keeps why an event failed where people and the next attempt can read it. */
export async function recordFailure(ctx: Context, group: string, event: OutboxEvent, error: unknown): Promise<void> {
  const reason = toError(error).message.slice(0, 2000);
  await withTenant(ctx, event.tenantId, (tx) => noteFailure(tx.db, group, event, reason, tx.clock.now()));
}

async function settleJudged(tx: TenantContext, consumer: Consumer, judged: readonly Judged[]): Promise<Settled[]> {
  const at = tx.clock.now();
  const marks = judged.map(({ event, verdict }) => ({ event, outcome: verdict.outcome }));
  const fresh = await insertProcessed(tx.db, consumer.group, marks, at);
  // Taken out of the set one by one, so that a second copy within this batch finds itself settled.
  const mine = judged.filter(({ event }) => fresh.delete(event.eventId));
  for (const { event, verdict } of mine) await carryOut(tx, consumer, event, verdict);
  if (mine.length > 0) await addToGroupCount(tx.db, consumer.group, tx.tenantId, mine.length, at);
  return mine.map(({ event, verdict }) => ({ event, outcome: verdict.outcome }));
}

async function carryOut(tx: TenantContext, consumer: Consumer, event: OutboxEvent, verdict: Verdict): Promise<void> {
  switch (verdict.outcome) {
    case 'applied':
      return verdict.apply(tx);
    case 'ignored':
      return undefined;
    case 'dead_lettered':
      return bury(tx, consumer, event, verdict.failure);
    default:
      return assertNever(verdict);
  }
}

async function bury(tx: TenantContext, { group, worker }: Consumer, event: OutboxEvent, failure: Failure) {
  const diedAt = tx.clock.now();
  const letter = { id: newId(diedAt.getTime()), event, worker, diedAt, firstAttemptAt: diedAt, ...failure };
  await insertDeadLetter(tx.db, group, letter);
  const { eventId, tenantId, type } = event;
  tx.log.error({ eventId, tenantId, type, ...failure }, 'an event was put aside as a dead letter');
}
