import { connected } from '#ops/local/roles.ts';
import { newId } from '#platform/ids.ts';
import type { EventLab } from '#tests/support/event-lab.ts';

/**
 * Commits one order of one line, about 200 bytes of payload, for each row of {@link ordersOf}; the last value tells one run's
 * events from another's. What triggers add to an event is part of it.
 */
export const INSERT_ORDERS = `
  insert into events.outbox (event_id, tenant_id, type, schema_version, aggregate_type, aggregate_id, aggregate_version,
                             occurred_at, correlation_id, payload)
  select event_id, tenant_id, 'order_created', 1, 'order', order_id, 1, now(), $4,
         jsonb_build_object('order_id', order_id, 'customer_id', gen_random_uuid(), 'fulfilment', 'pickup',
           'items', jsonb_build_array(jsonb_build_object('product_id', gen_random_uuid(), 'quantity', '1.000',
                                                         'unit_price', '10.00', 'total', '10.00')))
    from unnest($1::uuid[], $2::uuid[], $3::uuid[]) as drawn (tenant_id, event_id, order_id)`;

/** Values for {@link INSERT_ORDERS}: an order of each of these stores, with ids as the stores' own processes make them. */
export function ordersOf(stores: readonly string[], run: string): unknown[] {
  return [stores, stores.map(() => newId()), stores.map(() => newId()), run];
}

const CHUNK = 5000;
const AT_ONCE = 3;

/** Stores by Zipf's law: the first has most of the events and each further one fewer. */
export function drawStores(stores: readonly string[], count: number): string[] {
  const upto: number[] = [];
  for (const [index] of stores.entries()) upto.push((upto.at(-1) ?? 0) + 1 / (index + 1));
  return Array.from({ length: count }, () => {
    const at = Math.random() * upto.at(-1)!;
    return stores[upto.findIndex((limit) => limit >= at)]!;
  });
}

/** Commits `count` events, of all stores of the lab, that nobody has been told of. */
export async function fillOutbox(lab: EventLab, count: number): Promise<void> {
  let left = count;
  const fill = () =>
    connected(lab.superuserUrl, async (client) => {
      while (left > 0) {
        const size = Math.min(CHUNK, left);
        left -= size;
        await client.query(INSERT_ORDERS, ordersOf(drawStores(lab.tenants, size), 'backlog'));
      }
    });
  await Promise.all(Array.from({ length: AT_ONCE }, fill));
  await lab.rows('vacuum analyze events.outbox, events.pending');
}
