import { z } from 'zod';
import { getTenant, getTenantLag, listEventDays, measureTenant } from '#domain/tenants/index.ts';
import { endpoint } from '#console/api/endpoint.ts';
import { moment } from '#console/api/paging.ts';
import { role } from '#console/guards.ts';
import { tenantParams } from '#console/tenants/schemas.ts';

/** How far back events are counted by the day. */
export const USAGE_DAYS = 14;

const usage = z
  .object({
    as_of: moment,
    rows: z.int(),
    bytes: z.int().meta({ description: 'Of the rows, without their indexes.' }),
    tables: z.array(z.object({ table: z.string(), rows: z.int(), bytes: z.int() })),
    days: z.array(z.object({ day: z.string(), events: z.int(), orders: z.int() })).meta({
      description: `The last ${USAGE_DAYS} days of the store’s own calendar, the newest first.`,
    }),
    backlog: z.int().meta({ description: 'Events written and not yet applied.' }),
    oldest_waiting_at: moment.nullable(),
    dead_letters: z.int(),
  })
  .meta({ id: 'Usage' });

export const usageEndpoints = [
  endpoint({
    method: 'get',
    path: '/tenants/:slug/usage',
    guard: role('viewer'),
    summary: 'What a store has and does: rows, bytes, events and orders by the day, lag',
    tag: 'Tenants',
    params: tenantParams,
    response: usage,
    async run(ctx, { params: { slug } }) {
      const { id } = await getTenant(ctx, slug);
      const tables = await measureTenant(ctx, id);
      const lag = await getTenantLag(ctx, id);
      return {
        body: {
          as_of: ctx.clock.now().toISOString(),
          rows: sum(tables.map(({ rows }) => rows)),
          bytes: sum(tables.map(({ bytes }) => bytes)),
          tables,
          days: await listEventDays(ctx, id, USAGE_DAYS),
          backlog: lag.backlog,
          oldest_waiting_at: lag.oldestAt?.toISOString() ?? null,
          dead_letters: lag.deadLetters,
        },
      };
    },
  }),
];

const sum = (numbers: number[]) => numbers.reduce((total, number) => total + number, 0);
