import { Decimal, type DecimalText } from '#platform/decimal.ts';
import { askForTonight } from '#domain/engines/index.ts';
import type { TenantLane } from '#platform/db/index.ts';
import { askForLapsed, getToday, listPrices, listReceiptCosts } from './queries.ts';
import { changesIn, isRecent, rankSuppliers, type PriceChange, type Ranked } from './rules.ts';

/** Once a night: products whose prices ended or got old are to be judged again; and the next night is asked for. */
export async function beginDay(lane: TenantLane): Promise<void> {
  await askForLapsed(lane);
  await askForTonight(lane, 'pricing');
}

/** Says anew who is cheapest for each of these products, what changed, and what they cost the store. */
export async function judgePrices(lane: TenantLane, productIds: readonly string[]): Promise<void> {
  const [prices, receipts, today] = await Promise.all([
    listPrices(lane, productIds),
    listReceiptCosts(lane, productIds),
    getToday(lane),
  ]);
  const now = lane.clock.now();
  const byProduct = Map.groupBy(prices, ({ productId }) => productId);
  const rankings = productIds.flatMap((productId) =>
    rankSuppliers(byProduct.get(productId) ?? [], { now, today }).map((ranked, index) =>
      toRankingRow(productId, ranked, index + 1),
    ),
  );
  const news = prices.filter((fact) => isRecent(fact, now));
  const alerts = news.flatMap((fact) => changesIn(fact).map((change) => toAlertRow(fact.productId, change)));
  const costs = productIds.flatMap((productId) => {
    const best = rankings.find((row) => row.product_id === productId);
    return toCostRow(productId, receipts.get(productId), best?.price) ?? [];
  });
  await Promise.all([
    save(lane, 'pricing_ranking', RANKING, productIds, rankings),
    save(
      lane,
      'pricing_alerts',
      ALERTS,
      news.map(({ factId }) => factId),
      alerts,
    ),
    save(lane, 'pricing_base_costs', BASE_COSTS, productIds, costs),
  ]);
}

function toRankingRow(productId: string, { supplierId, ...ranked }: Ranked, place: number) {
  const over = ranked.overCheapestPct.isZero() ? 'o menor preço' : `${number(ranked.overCheapestPct)} % acima do menor`;
  return {
    product_id: productId,
    supplier_id: supplierId,
    place,
    price: ranked.price.toString(),
    score: ranked.score.toFixed(4),
    over_cheapest_pct: ranked.overCheapestPct.toString(),
    stability: ranked.stability,
    explanation: `Pede R$ ${money(ranked.price)}, ${over}; nos últimos 90 dias o preço foi ${WORDS[ranked.stability]}.`,
  };
}

const WORDS = { stable: 'estável', variable: 'variável', unstable: 'instável' } as const;

function toAlertRow(productId: string, change: PriceChange) {
  const { factId, supplierId, type, changePct, price, before } = change;
  const what = { increase: 'subiu', decrease: 'caiu', new_best_price: 'é o menor até agora' }[type];
  return {
    product_id: productId,
    fact_id: factId,
    supplier_id: supplierId,
    type,
    change_pct: changePct.toString(),
    explanation: `O preço ${what}: R$ ${money(price)}, antes R$ ${money(before)} (${number(changePct)} %).`,
  };
}

/** Never zero for want of knowledge: a product nobody bought or offers has no cost. */
function toCostRow(productId: string, received: DecimalText | undefined, offered: DecimalText | undefined) {
  if (received !== undefined) return { product_id: productId, cost: received, source: 'receipts' };
  return offered === undefined ? undefined : { product_id: productId, cost: offered, source: 'supplier' };
}

/** Makes what is said of `judged`, products or prices, what `rows` say. */
async function save(
  lane: TenantLane,
  name: string,
  text: string,
  judged: readonly string[],
  rows: readonly object[],
): Promise<void> {
  await lane.query({ name, text, values: [lane.tenantId, judged, JSON.stringify(rows), lane.clock.now()] });
}

const RANKING = `
  with told as (
    select * from jsonb_to_recordset($3::jsonb) as x (product_id uuid, supplier_id uuid, place int, price numeric,
      score numeric, over_cheapest_pct numeric, stability text, explanation text)),
  gone as (
    delete from engines.supplier_ranking r
     where r.tenant_id = $1 and r.product_id = any ($2::uuid[])
       and not exists (select from told t where t.product_id = r.product_id and t.supplier_id = r.supplier_id))
  insert into engines.supplier_ranking as r (tenant_id, product_id, supplier_id, place, price, score, over_cheapest_pct,
                                             stability, explanation, computed_at)
  select $1, t.product_id, t.supplier_id, t.place, t.price, t.score, t.over_cheapest_pct, t.stability, t.explanation, $4
    from told t
  on conflict (tenant_id, product_id, supplier_id) do update
     set place = excluded.place, price = excluded.price, score = excluded.score,
         over_cheapest_pct = excluded.over_cheapest_pct, stability = excluded.stability,
         explanation = excluded.explanation, computed_at = excluded.computed_at`;

/** Each price is told of once while it is news; one that comes late may change what its successors are to be told of. */
const ALERTS = `
  with told as (
    select * from jsonb_to_recordset($3::jsonb) as x (product_id uuid, fact_id uuid, supplier_id uuid, type text,
      change_pct numeric, explanation text)),
  gone as (
    delete from engines.supplier_price_alerts a
     where a.tenant_id = $1 and a.fact_id = any ($2::uuid[])
       and not exists (select from told t where t.fact_id = a.fact_id and t.type = a.type))
  insert into engines.supplier_price_alerts as a
    (tenant_id, fact_id, type, product_id, supplier_id, change_pct, explanation, opened_at)
  select $1, t.fact_id, t.type, t.product_id, t.supplier_id, t.change_pct, t.explanation, $4 from told t
  on conflict (tenant_id, fact_id, type) do update
     set change_pct = excluded.change_pct, explanation = excluded.explanation
   where (a.change_pct, a.explanation) is distinct from (excluded.change_pct, excluded.explanation)`;

const BASE_COSTS = `
  with told as (
    select * from jsonb_to_recordset($3::jsonb) as x (product_id uuid, cost numeric, source text)),
  gone as (
    delete from engines.base_costs c
     where c.tenant_id = $1 and c.product_id = any ($2::uuid[])
       and not exists (select from told t where t.product_id = c.product_id))
  insert into engines.base_costs as c (tenant_id, product_id, cost, source, computed_at)
  select $1, t.product_id, t.cost, t.source, $4 from told t
  on conflict (tenant_id, product_id) do update
     set cost = excluded.cost, source = excluded.source, computed_at = excluded.computed_at`;

function money(value: Decimal): string {
  return value.toFixed(2).replace('.', ',');
}

function number(value: Decimal): string {
  return value.toString().replace('.', ',');
}
