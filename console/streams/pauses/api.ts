import { z } from 'zod';
import { listActivePauses, pauseFlow, resumeFlow } from '#domain/streams/index.ts';
import { PAUSE_SCOPES } from '#domain/events/index.ts';
import { endpoint } from '#console/api/endpoint.ts';
import { moment } from '#console/api/paging.ts';
import { role } from '#console/guards.ts';
import { pauseFields } from './forms.ts';

const tag = 'Streams';

const pauseSchema = z
  .object({
    id: z.guid(),
    scope: z.enum(PAUSE_SCOPES),
    target: z.string().meta({ description: 'A shard, the id of a store, a type of event; empty for everything.' }),
    reason: z.string(),
    paused_by: z.string(),
    paused_at: moment,
    expires_at: moment.nullable(),
  })
  .meta({ id: 'Pause' });

const pauseInput = z.object({
  scope: pauseFields.scope,
  target: pauseFields.target.meta({ description: 'A shard, the slug of a store, a type of event.' }),
  reason: pauseFields.reason,
  minutes: pauseFields.minutes.optional().meta({ description: 'Until it is resumed when absent.' }),
});

type PauseJson = z.input<typeof pauseSchema>;
type Shown = Awaited<ReturnType<typeof pauseFlow>>;

function toPauseJson({ pausedBy, pausedAt, expiresAt, id, scope, target, reason }: Shown): PauseJson {
  return {
    id,
    scope,
    target,
    reason,
    paused_by: pausedBy,
    paused_at: pausedAt.toISOString(),
    expires_at: expiresAt?.toISOString() ?? null,
  };
}

export const pauseEndpoints = [
  endpoint({
    method: 'get',
    path: '/stream-pauses',
    guard: role('viewer'),
    summary: 'What is not processed for now',
    tag,
    response: z.object({ items: z.array(pauseSchema) }),
    run: async (ctx) => ({ body: { items: (await listActivePauses(ctx)).map(toPauseJson) } }),
  }),
  endpoint({
    method: 'post',
    path: '/stream-pauses',
    guard: role('on_call'),
    summary: 'Have everything, a shard, a store or a type of event wait',
    tag,
    body: pauseInput,
    status: 201,
    response: pauseSchema,
    refusals: { 409: '`already_paused`.' },
    async run(ctx, { body: { minutes: forMinutes, ...input } }) {
      return { body: toPauseJson(await pauseFlow(ctx, { ...input, forMinutes })) };
    },
  }),
  endpoint({
    method: 'delete',
    path: '/stream-pauses/:id',
    guard: role('on_call'),
    summary: 'Let it go on',
    tag,
    params: z.object({ id: z.string() }),
    response: pauseSchema,
    run: async (ctx, { params: { id } }) => ({ body: toPauseJson(await resumeFlow(ctx, id)) }),
  }),
];
