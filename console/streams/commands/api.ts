import { z } from 'zod';
import { COMMAND_KINDS, type Command } from '#domain/events/index.ts';
import { askCommand, listRecentCommands, previewCommand } from '#domain/streams/index.ts';
import { endpoint } from '#console/api/endpoint.ts';
import { moment } from '#console/api/paging.ts';
import { role } from '#console/guards.ts';
import { commandFields, commandReason, entryId } from './forms.ts';

const tag = 'Streams';

const commandSchema = z
  .object({
    id: z.string(),
    kind: z.enum(COMMAND_KINDS),
    shard: z.int(),
    consumer: z.string().nullable(),
    trim_before: z.string().nullable(),
    state: z.enum(['waiting', 'done', 'refused']),
    refusal: z.enum(['has_pending', 'is_owner', 'unknown_consumer', 'unsafe', 'expired']).nullable(),
    entries: z.int().nullable().meta({ description: 'How many were claimed or dropped.' }),
    reason: z.string(),
    asked_by: z.string(),
    asked_at: moment,
    expires_at: moment.meta({ description: 'Nobody does it after that.' }),
    ended_at: moment.nullable(),
  })
  .meta({ id: 'StreamCommand' });

const commandInput = z.object({
  ...commandFields,
  consumer: commandFields.consumer.meta({ description: 'Whose entries to claim, or whom to remove.' }),
  trim_before: entryId.optional().meta({ description: 'Of a trim: as far as is safe when absent.' }),
});

const toInput = ({ kind, shard, consumer, trim_before: before }: z.output<typeof commandInput>) => ({
  kind,
  shard,
  consumer: kind === 'trim' ? undefined : (consumer ?? ''),
  trimBefore: kind === 'trim' ? before : undefined,
});

function toJson(command: Command): z.input<typeof commandSchema> {
  const { id, kind, shard, consumer, trimBefore, state, refusal, entries, reason } = command;
  return {
    id,
    kind,
    shard,
    consumer: consumer ?? null,
    trim_before: trimBefore ?? null,
    state,
    refusal: refusal ?? null,
    entries: entries ?? null,
    reason,
    asked_by: command.askedBy,
    asked_at: command.askedAt.toISOString(),
    expires_at: command.expiresAt.toISOString(),
    ended_at: command.endedAt?.toISOString() ?? null,
  };
}

export const commandEndpoints = [
  endpoint({
    method: 'get',
    path: '/stream-commands',
    guard: role('viewer'),
    summary: 'What was asked of Redis lately, and what came of it',
    tag,
    response: z.object({ items: z.array(commandSchema) }),
    run: async (ctx) => ({ body: { items: (await listRecentCommands(ctx)).map(toJson) } }),
  }),
  endpoint({
    method: 'get',
    path: '/stream-commands/preview',
    guard: role('operator'),
    summary: 'How many entries it would claim, or at most drop',
    tag,
    query: commandInput,
    response: z.object({ entries: z.int() }),
    refusals: { 409: '`is_owner`, `has_pending`, `unsafe`.', 503: '`redis_unavailable`.' },
    run: async (ctx, { query }) => ({ body: { entries: await previewCommand(ctx, ctx.redis, toInput(query)) } }),
  }),
  endpoint({
    method: 'post',
    path: '/stream-commands',
    guard: role('operator'),
    summary: 'Have a shard’s owner claim entries, drop settled ones, or remove an idle consumer',
    tag,
    body: commandInput.extend({ reason: commandReason }),
    status: 201,
    response: commandSchema,
    refusals: { 409: '`is_owner`, `has_pending`, `unsafe`.', 503: '`redis_unavailable`.' },
    run: async (ctx, { body }) => ({
      body: toJson(await askCommand(ctx, ctx.redis, { ...toInput(body), reason: body.reason })),
    }),
  }),
];
