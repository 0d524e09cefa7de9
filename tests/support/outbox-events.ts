import { EVENT_COLUMNS, toOutboxEvent, type EventRow } from '#domain/events/event-rows.ts';
import type { OutboxEvent } from '#domain/events/index.ts';
import { newId } from '#platform/ids.ts';
import type { Pipeline } from './pipeline.ts';
import { saleRecorded } from './sales-events.ts';

/** An event that a store has committed, as whoever reads the outbox gets it. */
export async function outboxEvent(
  pipeline: Pipeline,
  tenantId: string,
  aggregateId: string = newId(),
  draft = saleRecorded(),
): Promise<OutboxEvent> {
  const version = (nextVersion += 1);
  const aggregate = { type: 'order', id: aggregateId, version };
  const [eventId] = await pipeline.publish(tenantId, { ...draft, aggregate });
  const [row] = await pipeline.rows<EventRow>(`select ${EVENT_COLUMNS} from events.outbox o where o.event_id = $1`, [
    eventId,
  ]);
  return toOutboxEvent(row!);
}

let nextVersion = 0;

/** Commits $2 sales of each store of $1, which come after one another in the outbox and say nothing. */
export const WRITE_EVENTS = `
  insert into events.outbox (event_id, tenant_id, type, schema_version, aggregate_type, aggregate_id, aggregate_version,
                             occurred_at, correlation_id, payload)
  select gen_random_uuid(), t, 'sale_recorded', 1, 'order', gen_random_uuid(), 1, now(), 'c', '{}'
    from generate_series(1, $2::int), unnest($1::uuid[]) t`;
