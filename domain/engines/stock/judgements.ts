import type { TenantLane } from '#platform/db/index.ts';
import { newId } from '#platform/ids.ts';
import { explainAlert, explainSuggestion } from './explanations.ts';
import { judge, SALES_WINDOW_DAYS, type Judgement, type StockPosition } from './rules.ts';

type Judged = { productId: string; known: StockPosition; judgement: Judgement };

/** Judges products anew and says what is true of each now: opens, renews and resolves its alerts and its suggestion. */
export async function judgeProducts(lane: TenantLane, productIds: readonly string[]): Promise<void> {
  const judged = (await listPositions(lane, productIds)).map(({ productId, ...known }) => {
    return { productId, known, judgement: judge(known) };
  });
  await Promise.all([saveAlerts(lane, productIds, judged), saveSuggestions(lane, productIds, judged)]);
}

/** Left out are products that are no longer sold, and those of whose stock the store has never told anything. */
async function listPositions(
  lane: TenantLane,
  productIds: readonly string[],
): Promise<(StockPosition & { productId: string })[]> {
  return lane.query({
    name: 'stock_positions',
    text: POSITIONS,
    values: [lane.tenantId, productIds, lane.clock.now()],
  });
}

const POSITIONS = `
  select p.product_id as "productId",
         coalesce((select -sum(f.delta) from engines.stock_facts f
                    where f.tenant_id = p.tenant_id and f.product_id = p.product_id and f.kind in ('sale', 'return')
                      and f.happened_at > $3::timestamptz - make_interval(days => ${SALES_WINDOW_DAYS})), 0)::text as "soldInWindow",
         greatest(0, floor(extract(epoch from $3::timestamptz - coalesce(p.first_fact_at, $3)) / 86400))::int as "daysKnown",
         floor(extract(epoch from $3::timestamptz - p.last_sold_at) / 86400)::int as "daysSinceSale",
         p.on_hand::text as "onHand", p.reserved::text as "reserved",
         coalesce((select sum(o.open_quantity) from engines.stock_on_order o
                    where o.tenant_id = p.tenant_id and o.product_id = p.product_id), 0)::text as "onOrder",
         p.lead_time_days as "leadTimeDays", p.safety_pct::text as "safetyPct",
         p.minimum_override::text as "minimumOverride", p.maximum_override::text as "maximumOverride"
    from engines.stock_products p
   where p.tenant_id = $1 and p.product_id = any ($2::uuid[]) and p.active and p.is_tracked`;

async function saveAlerts(lane: TenantLane, productIds: readonly string[], judged: readonly Judged[]): Promise<void> {
  const now = lane.clock.now();
  const alerts = judged.flatMap(({ productId, known, judgement }) =>
    [...judgement.alerts].map(([type, severity]) => ({
      id: newId(now.getTime()),
      product_id: productId,
      type,
      severity,
      explanation: explainAlert(type, known, judgement),
      data: figuresOf(judgement),
    })),
  );
  const values = [lane.tenantId, productIds, JSON.stringify(alerts), now];
  await lane.query({ name: 'stock_alerts', text: ALERTS, values });
}

const ALERTS = `
  with told as (
    select * from jsonb_to_recordset($3::jsonb)
      as x (id uuid, product_id uuid, type text, severity text, explanation text, data jsonb)),
  resolved as (
    update engines.stock_alerts a set status = 'resolved', resolved_at = $4, computed_at = $4
     where a.tenant_id = $1 and a.product_id = any ($2::uuid[]) and a.status = 'active'
       and not exists (select from told t where t.product_id = a.product_id and t.type = a.type))
  insert into engines.stock_alerts as a
    (tenant_id, id, product_id, type, severity, status, explanation, data, opened_at, computed_at)
  select $1, t.id, t.product_id, t.type, t.severity, 'active', t.explanation, t.data, $4, $4 from told t
  on conflict (tenant_id, product_id, type) where status = 'active' do update
     set severity = excluded.severity, explanation = excluded.explanation, data = excluded.data,
         computed_at = excluded.computed_at`;

async function saveSuggestions(
  lane: TenantLane,
  productIds: readonly string[],
  judged: readonly Judged[],
): Promise<void> {
  const suggestions = judged
    .filter(({ judgement }) => judgement.suggestion)
    .map(({ productId, judgement }) => ({
      product_id: productId,
      quantity: judgement.suggestion!.quantity.toString(),
      priority: judgement.suggestion!.priority,
      explanation: explainSuggestion(judgement),
      data: figuresOf(judgement),
    }));
  const values = [lane.tenantId, productIds, JSON.stringify(suggestions), lane.clock.now()];
  await lane.query({ name: 'stock_suggestions', text: SUGGESTIONS, values });
}

const SUGGESTIONS = `
  with told as (
    select * from jsonb_to_recordset($3::jsonb)
      as x (product_id uuid, quantity numeric, priority text, explanation text, data jsonb)),
  gone as (
    delete from engines.replenishment_suggestions s
     where s.tenant_id = $1 and s.product_id = any ($2::uuid[])
       and not exists (select from told t where t.product_id = s.product_id))
  insert into engines.replenishment_suggestions as s
    (tenant_id, product_id, quantity, priority, explanation, data, computed_at)
  select $1, t.product_id, t.quantity, t.priority, t.explanation, t.data, $4 from told t
  on conflict (tenant_id, product_id) do update
     set quantity = excluded.quantity, priority = excluded.priority, explanation = excluded.explanation,
         data = excluded.data, computed_at = excluded.computed_at`;

/** The numbers behind a sentence, as decimal text. */
function figuresOf({ demand, minimum, maximum, available, position, daysLeft }: Judgement): object {
  const texts = Object.entries({ demand, minimum, maximum, available, position }).map(([name, value]) => [
    name,
    value.toDecimalPlaces(3).toString(),
  ]);
  return { ...Object.fromEntries(texts), days_left: daysLeft ?? null };
}
