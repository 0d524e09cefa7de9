import type { Context } from '#platform/context.ts';
import type { Db } from '#platform/db/index.ts';
import { NotFound } from '#platform/errors.ts';
import type { Keyset } from '#platform/http/cursor.ts';
import { isId } from '#platform/ids.ts';
import type { DeadLetter, LetterFilter, LetterState } from './types.ts';

type Search = LetterFilter & { limit: number; after?: Keyset | undefined };

/** Those that died last first: up to `limit + 1`, so that the caller sees whether there is more. */
export async function listLetters(ctx: Context, { limit, after, ...filter }: Search): Promise<DeadLetter[]> {
  const query = letters(ctx.db).orderBy([
    { column: 'd.died_at', order: 'desc' },
    { column: 'd.id', order: 'desc' },
  ]);
  void narrow(query, filter);
  if (after) void query.whereRaw('(d.died_at, d.id) < (?::timestamptz, ?::uuid)', [after[0]!, after[1]!]);
  return (await query.limit(limit + 1)).map(toLetter);
}

/** The place of a letter in {@link listLetters}, for a cursor. */
export function letterKey({ diedAt, id }: DeadLetter): Keyset {
  return [diedAt.toISOString(), id];
}

/** `payload` is the event's own; `mendedPayload` what it was last tried with in its place. JSON, indented. */
type LetterDetails = DeadLetter & { payload: string; mendedPayload: string | undefined };

/** Throws NotFound `dead_letter_not_found`. */
export async function getLetter(ctx: Context, id: string): Promise<LetterDetails> {
  const row = isId(id) ? await letters(ctx.db).where('d.id', id).first() : undefined;
  if (!row) throw new NotFound('dead_letter_not_found', 'There is no such dead letter.');
  const inWords = (payload: unknown) => JSON.stringify(payload, undefined, 2);
  const mended = row.mended_payload === null ? undefined : inWords(row.mended_payload);
  return { ...toLetter(row), payload: inWords(row.payload), mendedPayload: mended };
}

/** How many letters the filter finds that could be tried again now. */
export async function countDead(ctx: Context, filter: LetterFilter): Promise<number> {
  const query = ctx.db('events.dead_letters as d').where('d.state', 'dead').count<{ count: string }[]>('*');
  const [row] = await narrow(query, { ...filter, state: 'dead' });
  return Number(row!.count);
}

type Narrowed = { where(column: string, value: string): unknown };

function narrow<Q extends Narrowed>(query: Q, { state, reason, type, tenantId }: LetterFilter): Q {
  if (state !== undefined) query.where('d.state', state);
  if (reason !== undefined) query.where('d.reason', reason);
  if (type !== undefined) query.where('d.type', type);
  if (tenantId !== undefined) query.where('d.tenant_id', tenantId);
  return query;
}

type LetterRow = {
  id: string;
  tenant_id: string;
  slug: string | null;
  event_id: string;
  type: string;
  schema_version: number;
  payload: unknown;
  mended_payload: unknown;
  reason: string;
  error: string;
  attempts: number;
  worker: string;
  state: LetterState;
  first_attempt_at: Date;
  died_at: Date;
  asked_by: string | null;
  asked_because: string | null;
  resolved_at: Date | null;
  waiting: string;
};

function letters(db: Db) {
  return db('events.dead_letters as d')
    .leftJoin('platform.tenants as t', 't.id', 'd.tenant_id')
    .select<LetterRow[]>(
      'd.*',
      't.slug',
      db.raw(`(select count(*) from events.outbox e join events.outbox w
                  on w.tenant_id = e.tenant_id and w.aggregate_id = e.aggregate_id and w.seq > e.seq
                join events.pending p on p.tenant_id = w.tenant_id and p.event_id = w.event_id
               where e.tenant_id = d.tenant_id and e.event_id = d.event_id and p.parked_reason is not null) as waiting`),
    );
}

function toLetter(row: LetterRow): DeadLetter {
  return {
    id: row.id,
    tenantId: row.tenant_id,
    slug: row.slug ?? undefined,
    eventId: row.event_id,
    type: row.type,
    schemaVersion: row.schema_version,
    reason: row.reason,
    error: row.error,
    attempts: row.attempts,
    worker: row.worker,
    state: row.state,
    firstAttemptAt: row.first_attempt_at,
    diedAt: row.died_at,
    askedBy: row.asked_by ?? undefined,
    askedBecause: row.asked_because ?? undefined,
    resolvedAt: row.resolved_at ?? undefined,
    waiting: Number(row.waiting),
  };
}
