import assert from 'node:assert/strict';
import { eventually } from '#tests/support/eventually.ts';
import type { EventLab } from '#tests/support/event-lab.ts';

/** A frozen owner's lease, a crashed server's recovery and the retries together; only a failing storm waits this long. */
const DRAINED_WITHIN_MS = 90_000;

type Verdict = { events: number; drainedMs: number };

/** Waits until nothing is pending, then counts. */
export async function assertNothingLostOrDoubled({ rows }: EventLab): Promise<Verdict> {
  const startedAt = performance.now();
  await eventually(async () => (await rows('select 1 from events.pending limit 1')).length === 0, {
    timeoutMs: DRAINED_WITHIN_MS,
    intervalMs: 100,
  });
  const drainedMs = performance.now() - startedAt;
  // A crash of PostgreSQL loses what it knew of how much there is, and with it every good plan for what follows.
  await rows('analyze events.outbox, events.processed, chaos.effects');
  assert.deepEqual(await rows(LOST), [], 'events without an effect');
  assert.deepEqual(await rows(DEAD), [], 'dead letters');
  assert.deepEqual(await rows(DOUBLED), [], 'events with two effects');
  assert.deepEqual(await rows(OUT_OF_ORDER), [], 'effects out of the order of their aggregate');
  assert.deepEqual(await rows(WRONG_FIGURES), [], 'stores whose figures are not the sum of their events');
  assert.deepEqual(await rows(WRONG_COUNTERS), [], 'counters that are not the number of events');
  const [count] = await rows<{ events: number }>('select count(*)::int as events from events.outbox');
  return { events: count!.events, drainedMs };
}

const LOST = `
  (select tenant_id, event_id from events.outbox except select tenant_id, event_id from events.processed)
  union all
  (select tenant_id, event_id from events.outbox except select tenant_id, event_id from chaos.effects) limit 5`;

const DEAD = `select event_id, reason, error from events.dead_letters limit 5`;

const DOUBLED = `select event_id from chaos.effects group by event_id having count(*) > 1 limit 5`;

const OUT_OF_ORDER = `
  select * from (
    select e.n, e.aggregate_id, e.version, lag(e.version) over (partition by e.tenant_id, e.aggregate_id order by e.n) as before
      from chaos.effects e) x
   where x.before >= x.version limit 5`;

const WRONG_FIGURES = `
  select tenant_id, s.sales, s.revenue, d.sales as counted, d.revenue as summed
    from (select tenant_id, count(*)::int as sales, sum((payload ->> 'total')::numeric) as revenue
            from events.outbox group by tenant_id) s
    full join (select tenant_id, sum(sales)::int as sales, sum(revenue) as revenue
                 from engines.sales_daily group by tenant_id) d using (tenant_id)
   where s.sales is distinct from d.sales or s.revenue is distinct from d.revenue`;

const WRONG_COUNTERS = `
  select * from (
    select (select count(*) from events.outbox)::int as events, sum(c.settled)::int as settled, sum(c.parked)::int as parked,
           (sum(c.settled_unmarked) + (select sum(published) from events.shards))::int as published
      from events.consumer_shards c) x
   where x.events <> x.settled or x.events <> x.published or x.parked <> 0`;

/** Numbers every effect in the order in which it happened, in the transaction of the effect. */
export const RECORDER = `
  create schema chaos;
  create table chaos.effects (n bigserial primary key, tenant_id uuid, event_id uuid, aggregate_id uuid, version int);
  create function chaos.record_effect() returns trigger language plpgsql security definer as $$
  begin
    insert into chaos.effects (tenant_id, event_id, aggregate_id, version)
    select o.tenant_id, o.event_id, o.aggregate_id, o.aggregate_version
      from events.outbox o where o.tenant_id = new.tenant_id and o.event_id = new.event_id;
    return null;
  end $$;
  create trigger record_effect after insert on events.processed for each row execute function chaos.record_effect();`;
