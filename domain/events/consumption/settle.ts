import type { Context } from '#platform/context.ts';
import { inTenantLanes, withTransaction, type TenantLane } from '#platform/db/index.ts';
import { toError } from '#platform/errors.ts';
import { newId } from '#platform/ids.ts';
import type { DeadLetterReason, OutboxEvent, ShardLease } from '../types.ts';
import { holdBack, predecessorsOf, type Held } from './order.ts';
import {
  countAttempts,
  countSettled,
  deleteRetries,
  findOpen,
  findRetries,
  insertDeadLetter,
  insertProcessed,
  noteFailure,
  parkEvents,
  type Attempt,
} from './queries.ts';

/** What a group decides to do with an event. */
export type Verdict =
  { outcome: 'applied'; payload: unknown } | { outcome: 'ignored' } | { outcome: 'dead_lettered'; failure: Failure };

type Failure = { reason: DeadLetterReason; error: string; attempts: number; firstAttemptAt?: Date };

/** An event to be applied, with its payload as checked against the contract of its type. */
export type Fact = { event: OutboxEvent; payload: unknown };

export type Consumer = {
  group: string;
  /** Who it was, for the dead letters. */
  worker: string;
  judge(event: OutboxEvent): Verdict;
  /** Whether an event is to wait although nothing is wrong with it. */
  isPaused(event: OutboxEvent): boolean;
  /** All effects of these facts of one tenant, which come in their order. */
  apply(lane: TenantLane, facts: readonly Fact[]): Promise<void>;
};

export type Settled = { event: OutboxEvent; outcome: Verdict['outcome'] };

/** After so many attempts an event is put aside, so that one that cannot succeed does not hold the others. */
export const MAX_ATTEMPTS = 5;

/** Events of one shard, at least one; `attempts` are those of events that were delivered before. */
export type Batch = { lease: ShardLease; events: readonly OutboxEvent[]; attempts?: ReadonlyMap<string, Attempt> };

type Judged = { event: OutboxEvent; verdict: Verdict };

/**
 * Settles a batch in one transaction, whatever stores it is of: the processed marks first, then the effects, then the
 * counters and the fence. An event that is marked already (a second delivery) is left alone, so effects happen exactly
 * once. One whose predecessor is not settled is parked, so the effects of an aggregate happen in its order. When one throws,
 * nothing of all this happened. An event with too many attempts becomes a dead letter. Returns what was settled now.
 * Throws LeaseLost.
 */
export async function settleEvents(ctx: Context, consumer: Consumer, batch: Batch): Promise<Settled[]> {
  const { lease, events, attempts } = batch;
  const { group } = consumer;
  const at = ctx.clock.now();
  const verdicts = new Map(events.map((event) => [event, judge(consumer, event, attempts?.get(event.eventId))]));
  const verdictOn = (event: OutboxEvent) => verdicts.get(event)!;
  return withTransaction(ctx, async (tx) => {
    const open = await findOpenPredecessors(tx, group, events);
    const { ready, held } = holdBack(events, open, {
      isPutAside: (event) => verdictOn(event).outcome === 'dead_lettered',
      isPaused: (event) => consumer.isPaused(event),
    });
    const judged = ready.map((event) => ({ event, verdict: verdictOn(event) }));
    const marks = judged.map(({ event, verdict }) => ({ event, outcome: verdict.outcome }));
    const fresh = await insertProcessed(tx.db, group, marks, at);
    // Taken out of the set one by one, so that a second copy within this batch finds itself settled.
    const mine = judged.filter(({ event }) => fresh.delete(event.eventId));
    await carryOut(tx, consumer, mine);
    if (attempts) await deleteRetries(tx.db, group, ready);
    const parked = await park(tx, held);
    await countSettled(tx.db, lease, { settled: ready, parked, at });
    return mine.map(({ event, verdict }) => ({ event, outcome: verdict.outcome }));
  });
}

async function findOpenPredecessors(
  tx: Context,
  group: string,
  events: readonly OutboxEvent[],
): Promise<Map<string, Held['reason']>> {
  const here = new Set(events.map(({ eventId }) => eventId));
  const asked = events.filter(({ previousEventId: before }) => before !== undefined && !here.has(before));
  if (asked.length === 0) return new Map();
  const tenantIds = asked.map(({ tenantId }) => tenantId);
  return findOpen(tx.db, group, tenantIds, predecessorsOf(asked));
}

async function park(tx: Context, held: readonly Held[]): Promise<number> {
  if (held.length === 0) return 0;
  const parked = await parkEvents(tx.db, held);
  const [{ reason, waitsFor }] = held as [Held];
  if (parked > 0) tx.log.info({ parked, reason, waitsFor }, 'events were parked');
  return parked;
}

function judge(consumer: Consumer, event: OutboxEvent, attempt: Attempt | undefined): Verdict {
  if (!attempt || attempt.number <= MAX_ATTEMPTS) return consumer.judge(event);
  const { firstAttemptAt, lastError: error = 'its worker died each time' } = attempt;
  return {
    outcome: 'dead_lettered',
    failure: { reason: 'handler_failed', error, attempts: MAX_ATTEMPTS, firstAttemptAt },
  };
}

async function carryOut(tx: Context, consumer: Consumer, judged: readonly Judged[]): Promise<void> {
  const facts = judged.flatMap(({ event, verdict }): Fact[] =>
    verdict.outcome === 'applied' ? [{ event, payload: verdict.payload }] : [],
  );
  const byTenant = Map.groupBy(facts, ({ event }) => event.tenantId);
  await inTenantLanes(tx, [...byTenant.keys()], (lane) => consumer.apply(lane, byTenant.get(lane.tenantId)!));
  for (const { event, verdict } of judged)
    if (verdict.outcome === 'dead_lettered') await bury(tx, consumer, event, verdict.failure);
}

async function bury(tx: Context, { group, worker }: Consumer, event: OutboxEvent, failure: Failure): Promise<void> {
  const diedAt = tx.clock.now();
  const letter = { id: newId(diedAt.getTime()), event, worker, diedAt, firstAttemptAt: diedAt, ...failure };
  await insertDeadLetter(tx.db, group, letter);
  const { eventId, tenantId, type } = event;
  tx.log.error({ eventId, tenantId, type, ...failure }, 'an event was put aside as a dead letter');
}

/**
 * Counts an attempt at each of these events, committed before it starts, so that an event which ends the process is
 * counted too. To be called before settling events that were delivered before.
 */
export async function beginAttempts(
  ctx: Context,
  group: string,
  events: readonly OutboxEvent[],
): Promise<Map<string, Attempt>> {
  return countAttempts(ctx.db, group, withoutCopies(events), ctx.clock.now());
}

/** The ids of those events that failed before, or were being tried again when their worker died. */
export async function findTroubled(ctx: Context, group: string, events: readonly OutboxEvent[]): Promise<Set<string>> {
  return findRetries(ctx.db, group, events);
}

/** A batch may hold an event twice. */
function withoutCopies(events: readonly OutboxEvent[]): OutboxEvent[] {
  return [...new Map(events.map((event) => [event.eventId, event])).values()];
}

/** Keeps why an event failed where people and the next attempt can read it. */
export async function recordFailure(ctx: Context, group: string, event: OutboxEvent, error: unknown): Promise<void> {
  await noteFailure(ctx.db, group, event, toError(error).message.slice(0, 2000), ctx.clock.now());
}
