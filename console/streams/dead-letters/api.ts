import { z } from 'zod';
import {
  countDead,
  getLetter,
  letterKey,
  LETTER_STATES,
  listLetters,
  mendLetter,
  replayLetter,
  replayLetters,
  skipLetter,
  type DeadLetter,
} from '#domain/dead-letters/index.ts';
import { getTenant } from '#domain/tenants/index.ts';
import { toPage } from '#platform/http/cursor.ts';
import { endpoint } from '#console/api/endpoint.ts';
import { moment, pageOf, pageQuery } from '#console/api/paging.ts';
import { role } from '#console/guards.ts';
import { reasonField } from './forms.ts';

const tag = 'Streams';
const params = z.object({ id: z.string() });
const because = z.object({ reason: reasonField });

const filter = z.object({
  reason: z.string().max(40).optional(),
  type: z.string().max(80).optional(),
  tenant: z.string().max(40).optional().meta({ description: 'The slug of a store.' }),
});

const letterSchema = z
  .object({
    id: z.guid(),
    tenant: z.string().nullable(),
    event_id: z.guid(),
    type: z.string(),
    version: z.int(),
    reason: z.string(),
    error: z.string(),
    attempts: z.int(),
    state: z.enum(LETTER_STATES),
    first_attempt_at: moment,
    died_at: moment,
    resolved_at: moment.nullable(),
    waiting: z.int().meta({ description: 'Later events of its aggregate that wait until it is ended.' }),
  })
  .meta({ id: 'DeadLetter' });

function toLetterJson(letter: DeadLetter): z.input<typeof letterSchema> {
  return {
    id: letter.id,
    tenant: letter.slug ?? null,
    event_id: letter.eventId,
    type: letter.type,
    version: letter.schemaVersion,
    reason: letter.reason,
    error: letter.error,
    attempts: letter.attempts,
    state: letter.state,
    first_attempt_at: letter.firstAttemptAt.toISOString(),
    died_at: letter.diedAt.toISOString(),
    resolved_at: letter.resolvedAt?.toISOString() ?? null,
    waiting: letter.waiting,
  };
}

export const deadLetterEndpoints = [
  endpoint({
    method: 'get',
    path: '/dead-letters',
    guard: role('viewer'),
    summary: 'Events that were put aside, the last first',
    tag,
    query: pageQuery.extend({ ...filter.shape, state: z.enum(LETTER_STATES).optional() }),
    response: pageOf(letterSchema),
    async run(ctx, { query: { limit, cursor, tenant, ...rest } }) {
      const wanted = { ...given(rest), ...(await tenantOf(ctx, tenant)) };
      const rows = await listLetters(ctx, { ...wanted, limit, after: ctx.cursors.decode(cursor) });
      const page = toPage(rows, limit, ctx.cursors, letterKey);
      return { body: { ...page, items: page.items.map(toLetterJson) } };
    },
  }),
  endpoint({
    method: 'post',
    path: '/dead-letter-replays',
    guard: role('on_call'),
    summary: 'Try every dead letter of a filter again; with dry_run only count them',
    tag,
    body: filter.extend({ because: reasonField, dry_run: z.boolean().default(false) }),
    response: z.object({ letters: z.int(), dry_run: z.boolean() }),
    async run(ctx, { body: { because: why, dry_run: isDry, tenant, ...rest } }) {
      const wanted = { ...given(rest), ...(await tenantOf(ctx, tenant)) };
      const letters = isDry ? await countDead(ctx, wanted) : await replayLetters(ctx, wanted, why);
      return { body: { letters, dry_run: isDry } };
    },
  }),
  endpoint({
    method: 'post',
    path: '/dead-letters/:id/replay',
    guard: role('on_call'),
    summary: 'Try one again; asking twice asks once',
    tag,
    params,
    body: because,
    response: letterSchema,
    refusals: { 409: '`dead_letter_resolved`.' },
    async run(ctx, { params: { id }, body: { reason } }) {
      await replayLetter(ctx, id, reason);
      return { body: toLetterJson(await getLetter(ctx, id)) };
    },
  }),
  endpoint({
    method: 'post',
    path: '/dead-letters/:id/mending',
    guard: role('operator'),
    summary: 'Try one again with another payload; the event itself stays as it was written',
    tag,
    params,
    body: because.extend({ payload: z.record(z.string(), z.unknown()) }),
    response: letterSchema,
    refusals: { 409: '`dead_letter_resolved`, `dead_letter_replaying`.' },
    async run(ctx, { params: { id }, body: { reason, payload } }) {
      await mendLetter(ctx, id, JSON.stringify(payload), reason);
      return { body: toLetterJson(await getLetter(ctx, id)) };
    },
  }),
  endpoint({
    method: 'post',
    path: '/dead-letters/:id/skip',
    guard: role('operator'),
    summary: 'Give its effect up for good',
    tag,
    params,
    body: because,
    response: letterSchema,
    refusals: { 409: '`dead_letter_resolved`, `dead_letter_replaying`.' },
    async run(ctx, { params: { id }, body: { reason } }) {
      await skipLetter(ctx, id, reason);
      return { body: toLetterJson(await getLetter(ctx, id)) };
    },
  }),
];

type Given<T> = { [K in keyof T]?: Exclude<T[K], undefined> };

/** Without the keys whose value was not given. */
function given<T extends object>(values: T): Given<T> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Given<T>;
}

async function tenantOf(ctx: Parameters<typeof getTenant>[0], slug: string | undefined) {
  return slug === undefined ? {} : { tenantId: (await getTenant(ctx, slug)).id };
}
