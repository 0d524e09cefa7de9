import { z } from 'zod';
import { endLimit, limitStore, listActiveLimits, type ShownLimit } from '#domain/streams/index.ts';
import { endpoint } from '#console/api/endpoint.ts';
import { moment } from '#console/api/paging.ts';
import { role } from '#console/guards.ts';
import { limitFields } from './forms.ts';

const tag = 'Streams';

const limitSchema = z
  .object({
    id: z.string(),
    tenant: z.string(),
    per_second: z.int(),
    reason: z.string(),
    set_by: z.string(),
    set_at: moment,
    expires_at: moment.nullable(),
  })
  .meta({ id: 'StreamLimit' });

const limitInput = z.object({
  tenant: limitFields.tenant.meta({ description: 'The slug of a store.' }),
  per_second: limitFields.per_second,
  reason: limitFields.reason,
  minutes: limitFields.minutes.optional().meta({ description: 'Until it is ended when absent.' }),
});

function toJson({ id, tenant, perSecond, reason, setBy, setAt, expiresAt }: ShownLimit): z.input<typeof limitSchema> {
  return {
    id,
    tenant,
    per_second: perSecond,
    reason,
    set_by: setBy,
    set_at: setAt.toISOString(),
    expires_at: expiresAt?.toISOString() ?? null,
  };
}

export const limitEndpoints = [
  endpoint({
    method: 'get',
    path: '/stream-limits',
    guard: role('viewer'),
    summary: 'Stores of which only so many events a second are published',
    tag,
    response: z.object({ items: z.array(limitSchema) }),
    run: async (ctx) => ({ body: { items: (await listActiveLimits(ctx)).map(toJson) } }),
  }),
  endpoint({
    method: 'post',
    path: '/stream-limits',
    guard: role('on_call'),
    summary: 'Have a store’s events beyond so many a second wait, in their order',
    tag,
    body: limitInput,
    status: 201,
    response: limitSchema,
    async run(ctx, { body: { per_second: perSecond, minutes: forMinutes, ...input } }) {
      return { body: toJson(await limitStore(ctx, { ...input, perSecond, forMinutes })) };
    },
  }),
  endpoint({
    method: 'delete',
    path: '/stream-limits/:id',
    guard: role('on_call'),
    summary: 'Let the store publish as it likes',
    tag,
    params: z.object({ id: z.string() }),
    response: limitSchema,
    run: async (ctx, { params: { id } }) => ({ body: toJson(await endLimit(ctx, id)) }),
  }),
];
