import { askForRecomputation, askForTonight, WHOLE_STORE } from '#domain/engines/index.ts';
import type { TenantLane } from '#platform/db/index.ts';

async function write(lane: TenantLane, name: string, text: string, facts: readonly object[]): Promise<void> {
  if (facts.length === 0) return;
  await lane.query({ name, text, values: [lane.tenantId, JSON.stringify(facts), lane.clock.now()] });
}

/** The figures of the days are worked out for many deliveries at once. */
const ASK = askForRecomputation(
  'delivery',
  `select '${WHOLE_STORE}'::uuid as subject, $3::timestamptz + interval '1 minute' as due_at where exists (select from noted)`,
);

type DeliveryStep = 'planned' | 'started' | 'completed';

type DeliveryFact = {
  delivery_id: string;
  order_id: string;
  date?: string | null | undefined;
  driver_id?: string | null | undefined;
  cep?: string | null | undefined;
  city?: string | null | undefined;
  weight_kg?: string | null | undefined;
  has_issue?: boolean;
  on_time?: boolean | null | undefined;
  at: Date;
};

/** Notes when deliveries first took a step, and what else it told of them. */
export async function recordDeliverySteps(
  lane: TenantLane,
  step: DeliveryStep,
  facts: readonly DeliveryFact[],
): Promise<void> {
  await write(lane, `delivery_${step}`, STEPS[step], facts);
}

/** Whoever was told of last drove: at the end it is who delivered. */
const IS_NEWS = 'excluded.driver_told_at >= coalesce(d.driver_told_at, excluded.driver_told_at)';

const recordStep = (step: DeliveryStep) => `
  with noted as (
    insert into engines.delivery_facts as d (tenant_id, delivery_id, order_id, driver_id, driver_told_at, planned_for, cep,
                                             city, weight_kg, ${step}_at, has_issue, on_time)
    select distinct on (x.delivery_id) $1, x.delivery_id, x.order_id, first_value(x.driver_id) over newest,
           first_value(case when x.driver_id is not null then x.at end) over newest, x.date, x.cep, x.city, x.weight_kg, x.at, x.has_issue, x.on_time
      from jsonb_to_recordset($2::jsonb) as x (delivery_id uuid, order_id uuid, driver_id uuid, date date, cep text, city text,
                                               weight_kg numeric, has_issue boolean, on_time boolean, at timestamptz)
    window newest as (partition by x.delivery_id order by x.driver_id is null, x.at desc)
     order by x.delivery_id, x.at
    on conflict (tenant_id, delivery_id) do update
       set ${step}_at = coalesce(d.${step}_at, excluded.${step}_at),
           driver_id = case when ${IS_NEWS} then excluded.driver_id else d.driver_id end,
           driver_told_at = greatest(d.driver_told_at, excluded.driver_told_at), planned_for = coalesce(d.planned_for, excluded.planned_for),
           cep = coalesce(d.cep, excluded.cep), city = coalesce(d.city, excluded.city),
           weight_kg = coalesce(d.weight_kg, excluded.weight_kg), has_issue = coalesce(d.has_issue, excluded.has_issue),
           on_time = coalesce(d.on_time, excluded.on_time)
    returning delivery_id)
  ${ASK}`;

const STEPS: Record<DeliveryStep, string> = {
  planned: recordStep('planned'),
  started: recordStep('started'),
  completed: recordStep('completed'),
};

/** Notes attempts that failed; a delivery may have several. */
export async function recordFailures(
  lane: TenantLane,
  facts: readonly { delivery_id: string; fact_id: string; at: Date }[],
): Promise<void> {
  await write(lane, 'delivery_failures', FAILURES, facts);
}

const FAILURES = `
  with noted as (
    insert into engines.delivery_failures (tenant_id, delivery_id, fact_id, failed_at)
    select $1, x.delivery_id, x.fact_id, x.at
      from jsonb_to_recordset($2::jsonb) as x (delivery_id uuid, fact_id uuid, at timestamptz)
     order by x.delivery_id, x.fact_id
    on conflict do nothing returning delivery_id)
  ${ASK}`;

/**
 * Works out the figures of the last 35 days, per day of the store and driver; nobody's are under the nil UUID. And again next
 * night, because an order may be told of after its delivery.
 */
export async function sumUpDays(lane: TenantLane): Promise<void> {
  await lane.query({
    name: 'delivery_days',
    text: DAYS,
    values: [lane.tenantId, lane.clock.now(), WHOLE_STORE],
  });
  await askForTonight(lane, 'delivery');
}

const DAYS = `
  with zone as (
    select name, date_trunc('day', $2::timestamptz at time zone name) - interval '35 days' as since
      from (select coalesce((select t.timezone from platform.tenants t where t.id = $1), 'America/Sao_Paulo') as name) z),
  done as (
    select (d.completed_at at time zone z.name)::date as day, coalesce(d.driver_id, $3::uuid) as driver_id, d.on_time, d.has_issue,
           (select count(*) from engines.delivery_failures f
             where f.tenant_id = $1 and f.delivery_id = d.delivery_id and f.failed_at <= d.completed_at) as failures,
           extract(epoch from d.completed_at - o.created_at) / 3600 as hours
      from zone z, engines.delivery_facts d
      left join engines.order_facts o on o.tenant_id = $1 and o.order_id = d.order_id
     where d.tenant_id = $1 and d.completed_at >= z.since at time zone z.name),
  gone as (
    delete from engines.delivery_daily k using zone z
     where k.tenant_id = $1 and k.day >= z.since::date
       and not exists (select from done d where d.day = k.day and d.driver_id = k.driver_id))
  insert into engines.delivery_daily as k
    (tenant_id, day, driver_id, completed, on_time, first_attempt, with_issue, failures, mean_hours, computed_at)
  select $1, day, driver_id, count(*), count(*) filter (where on_time), count(*) filter (where failures = 0),
         count(*) filter (where has_issue), sum(failures), avg(hours), $2
    from done group by day, driver_id
  on conflict (tenant_id, day, driver_id) do update
     set completed = excluded.completed, on_time = excluded.on_time, first_attempt = excluded.first_attempt,
         with_issue = excluded.with_issue, failures = excluded.failures, mean_hours = excluded.mean_hours,
         computed_at = excluded.computed_at`;
