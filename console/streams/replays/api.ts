import { z } from 'zod';
import { endReplay, listRecentReplays, previewReplay, startReplay, type ShownReplay } from '#domain/streams/index.ts';
import { endpoint } from '#console/api/endpoint.ts';
import { moment } from '#console/api/paging.ts';
import { role } from '#console/guards.ts';
import { replayFields, replayReason } from './forms.ts';

const tag = 'Streams';

const replaySchema = z
  .object({
    id: z.string(),
    state: z.enum(['running', 'done', 'cancelled']),
    from: moment,
    to: moment,
    tenant: z.string().nullable(),
    type: z.string().nullable(),
    total: z.int().meta({ description: 'When it was asked for; 1,000,001 for all beyond a million.' }),
    applied: z.int(),
    failed: z.int(),
    last_error: z.string().nullable(),
    reason: z.string(),
    asked_by: z.string(),
    asked_at: moment,
    ended_at: moment.nullable(),
  })
  .meta({ id: 'Replay' });

const filter = z.object({
  from: moment.meta({ description: 'From when on events were committed.' }),
  to: moment.meta({ description: 'Not in it any more.' }),
  tenant: replayFields.tenant.meta({ description: 'The slug of a store; all of them when absent.' }),
  type: replayFields.type.meta({ description: 'A type of event; all of them when absent.' }),
});

type Filter = z.output<typeof filter>;

const toInput = ({ from, to, tenant, type }: Filter) => ({ from: new Date(from), to: new Date(to), tenant, type });

function toJson(replay: ShownReplay): z.input<typeof replaySchema> {
  const { id, state, total, applied, failed, reason, from, to, tenant, type } = replay;
  return {
    id,
    state,
    from: from.toISOString(),
    to: to.toISOString(),
    tenant: tenant ?? null,
    type: type ?? null,
    total,
    applied,
    failed,
    last_error: replay.lastError ?? null,
    reason,
    asked_by: replay.askedBy,
    asked_at: replay.askedAt.toISOString(),
    ended_at: replay.endedAt?.toISOString() ?? null,
  };
}

export const replayEndpoints = [
  endpoint({
    method: 'get',
    path: '/stream-replays',
    guard: role('viewer'),
    summary: 'What was applied again, and how far it is',
    tag,
    response: z.object({ items: z.array(replaySchema) }),
    run: async (ctx) => ({ body: { items: (await listRecentReplays(ctx)).map(toJson) } }),
  }),
  endpoint({
    method: 'get',
    path: '/stream-replays/preview',
    guard: role('operator'),
    summary: 'How many events it would apply again',
    tag,
    query: filter,
    response: z.object({ events: z.int() }),
    run: async (ctx, { query }) => ({ body: { events: await previewReplay(ctx, toInput(query)) } }),
  }),
  endpoint({
    method: 'post',
    path: '/stream-replays',
    guard: role('operator'),
    summary: 'Apply events again that were applied before; what is known already counts nothing twice',
    tag,
    body: filter.extend({ reason: replayReason }),
    status: 201,
    response: replaySchema,
    refusals: { 409: '`replay_running`.' },
    run: async (ctx, { body }) => ({ body: toJson(await startReplay(ctx, { ...toInput(body), reason: body.reason })) }),
  }),
  endpoint({
    method: 'delete',
    path: '/stream-replays/:id',
    guard: role('on_call'),
    summary: 'End a replay before its end; what it has applied stays',
    tag,
    params: z.object({ id: z.string() }),
    response: replaySchema,
    run: async (ctx, { params: { id } }) => ({ body: toJson(await endReplay(ctx, id)) }),
  }),
];
