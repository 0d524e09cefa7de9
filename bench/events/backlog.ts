import type { EventLab } from '#tests/support/event-lab.ts';

/**
 * Commits `count` orders of one line, about 300 bytes each, of all stores of the lab: the first store has most of them and
 * each further one fewer, by Zipf's law. What triggers add to an event is part of it.
 */
export async function fillOutbox({ rows, tenants }: EventLab, count: number): Promise<void> {
  await rows(
    `with weights as (select n, 1.0 / n as weight from generate_series(1, cardinality($1::uuid[])) n),
     shares as (select n, sum(weight) over (order by n) / sum(weight) over () as upto from weights),
     drawn as materialized (select i, random() as at from generate_series(1, $2::int) i)
     insert into events.outbox (event_id, tenant_id, type, schema_version, aggregate_type, aggregate_id, aggregate_version,
                                occurred_at, correlation_id, payload)
     select gen_random_uuid(), ($1::uuid[])[(select n from shares where upto >= d.at order by n limit 1)], 'order_created', 1,
            'order', gen_random_uuid(), 1, now(), 'bench',
            jsonb_build_object('order_id', gen_random_uuid(), 'customer_id', gen_random_uuid(), 'fulfilment', 'pickup',
              'items', jsonb_build_array(jsonb_build_object('product_id', gen_random_uuid(), 'quantity', '1.000',
                                                            'unit_price', '10.00', 'total', '10.00')))
       from drawn d`,
    [tenants, count],
  );
  await rows('vacuum analyze events.outbox, events.pending');
}
