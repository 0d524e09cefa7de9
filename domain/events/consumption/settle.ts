import type { Context, TenantContext } from '#platform/context.ts';
import { withTenant } from '#platform/db/index.ts';
import { assertNever, toError } from '#platform/errors.ts';
import { newId } from '#platform/ids.ts';
import type { DeadLetterReason, OutboxEvent } from '../types.ts';
import {
  addToGroupCount,
  countAttempts,
  deleteRetries,
  findRetries,
  insertDeadLetter,
  insertProcessed,
  noteFailure,
  type Attempt,
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

/** After so many attempts an event is put aside, so that one that cannot succeed does not hold the others. */
export const MAX_ATTEMPTS = 5;

/** Events of one tenant, at least one; `attempts` are those of events that were delivered before. */
export type Batch = { events: readonly OutboxEvent[]; attempts?: ReadonlyMap<string, Attempt> };

/**
 * Settles a batch in one transaction: the processed mark first, then the effect, then the counter. An event that is
 * marked already (a second delivery) is left alone, so effects happen exactly once. When one throws, nothing of all this
 * happened. An event with too many attempts becomes a dead letter. Returns what was settled now.
 */
export async function settleEvents(ctx: Context, consumer: Consumer, { events, attempts }: Batch): Promise<Settled[]> {
  const { group } = consumer;
  const tenantId = tenantOf(events);
  const judged = events.map((event) => ({ event, verdict: judge(consumer, event, attempts?.get(event.eventId)) }));
  const at = ctx.clock.now();
  return withTenant(ctx, tenantId, async (tx) => {
    const marks = judged.map(({ event, verdict }) => ({ event, outcome: verdict.outcome }));
    const fresh = await insertProcessed(tx.db, group, marks, at);
    // Taken out of the set one by one, so that a second copy within this batch finds itself settled.
    const mine = judged.filter(({ event }) => fresh.delete(event.eventId));
    for (const { event, verdict } of mine) await carryOut(tx, consumer, event, verdict);
    if (mine.length > 0) await addToGroupCount(tx.db, group, tenantId, mine.length, at);
    if (attempts) await deleteRetries(tx.db, group, tenantId, idsOf(events));
    return mine.map(({ event, verdict }) => ({ event, outcome: verdict.outcome }));
  });
}

/**
 * Counts an attempt at each of these events of a tenant, committed before it starts, so that an event which ends the
 * process is counted too. To be called before settling events that were delivered before.
 */
export async function beginAttempts(
  ctx: Context,
  group: string,
  events: readonly OutboxEvent[],
): Promise<Map<string, Attempt>> {
  const [tenantId, eventIds] = [tenantOf(events), idsOf(events)];
  return withTenant(ctx, tenantId, (tx) => countAttempts(tx.db, group, { tenantId, eventIds }, tx.clock.now()));
}

/** The ids of those events of a tenant that failed before, or were being tried again when their worker died. */
export async function findTroubled(ctx: Context, group: string, events: readonly OutboxEvent[]): Promise<Set<string>> {
  const tenantId = tenantOf(events);
  return withTenant(ctx, tenantId, (tx) => findRetries(tx.db, group, tenantId, idsOf(events)));
}

function tenantOf(events: readonly OutboxEvent[]): string {
  if (!events[0]) throw new TypeError('a batch holds at least one event');
  return events[0].tenantId;
}

/** A batch may hold an event twice. */
function idsOf(events: readonly OutboxEvent[]): string[] {
  return [...new Set(events.map((event) => event.eventId))];
}

/** Keeps why an event failed where people and the next attempt can read it. */
export async function recordFailure(ctx: Context, group: string, event: OutboxEvent, error: unknown): Promise<void> {
  const reason = toError(error).message.slice(0, 2000);
  await withTenant(ctx, event.tenantId, (tx) => noteFailure(tx.db, group, event, reason, tx.clock.now()));
}

function judge(consumer: Consumer, event: OutboxEvent, attempt: Attempt | undefined): Verdict {
  if (!attempt || attempt.number <= MAX_ATTEMPTS) return consumer.judge(event);
  const { firstAttemptAt, lastError: error = 'its worker died each time' } = attempt;
  return {
    outcome: 'dead_lettered',
    failure: { reason: 'handler_failed', error, attempts: MAX_ATTEMPTS, firstAttemptAt },
  };
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
