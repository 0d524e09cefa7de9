import { z } from 'zod';
import { KEPT_BECAUSE, readRetention, type RetentionReport } from '#domain/retention/index.ts';
import { endpoint } from '#console/api/endpoint.ts';
import { moment } from '#console/api/paging.ts';
import { role } from '#console/guards.ts';
import { WHAT } from './presenter.ts';

const day = z.iso.date().meta({ description: 'In UTC.', example: '2026-11-27' });
const rows = z.int().meta({ description: 'Counted up to 10,000.' });

const keptDay = z.object({
  day,
  what: z.enum(['events', 'marks']).meta({ description: 'Events, or the marks that they were processed.' }),
  bytes: z.int(),
  about_rows: z.int().nullable().meta({ description: 'As PostgreSQL last estimated; null before the first time.' }),
  droppable_at: moment.meta({ description: 'When its term is over.' }),
  kept_because: z.array(z.enum(KEPT_BECAUSE)).meta({ description: 'Empty when it goes within ten minutes.' }),
});

const retentionSchema = z
  .object({
    as_of: moment,
    events_days: z.int(),
    marks_days: z.int(),
    days_ahead: z.int().meta({ description: 'Days from today on that have their partitions, without a hole.' }),
    misplaced: z
      .object({ events: rows, marks: rows })
      .meta({ description: 'Rows of days that had no partition; they are moved within ten minutes.' }),
    dropped_through: day.nullable(),
    days: z.array(keptDay),
  })
  .meta({ id: 'Retention' });

function toRetentionJson(report: RetentionReport): z.input<typeof retentionSchema> {
  return {
    as_of: report.asOf.toISOString(),
    events_days: report.terms.outboxDays,
    marks_days: report.terms.marksDays,
    days_ahead: report.daysAhead,
    misplaced: { events: report.misplaced.outbox, marks: report.misplaced.processed },
    dropped_through: report.droppedThrough ?? null,
    days: report.days.map((kept) => ({
      day: kept.day,
      what: WHAT[kept.kind],
      bytes: kept.bytes,
      about_rows: kept.aboutRows ?? null,
      droppable_at: kept.droppableAt.toISOString(),
      kept_because: kept.keptBecause,
    })),
  };
}

export const retentionEndpoints = [
  endpoint({
    method: 'get',
    path: '/streams/retention',
    guard: role('viewer'),
    summary: 'Which days of events are kept, for how long, and why',
    tag: 'Streams',
    response: retentionSchema,
    run: async (ctx) => ({ body: toRetentionJson(await readRetention(ctx)) }),
  }),
];
