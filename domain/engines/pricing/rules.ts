import { Decimal, type DecimalText } from '#platform/decimal.ts';

/** What a supplier asked for a product at some time. Money for one of its base unit. */
export type PriceFact = {
  factId: string;
  supplierId: string;
  price: DecimalText;
  paymentDays: number | null;
  /** The last day on which it holds, like `2026-11-30`; null when it holds until further notice. */
  validUntil: string | null;
  registeredAt: Date;
};

type Stability = 'stable' | 'variable' | 'unstable';
export type Ranked = {
  supplierId: string;
  price: Decimal;
  score: Decimal;
  overCheapestPct: Decimal;
  stability: Stability;
};
export type PriceChange = {
  factId: string;
  supplierId: string;
  type: 'increase' | 'decrease' | 'new_best_price';
  changePct: Decimal;
  price: Decimal;
  before: Decimal;
};

const WINDOW_MS = 90 * 86_400_000;
/** Less is the noise of a market. Units: %. */
const WORTH_TELLING_PCT = 10;
const BY_STABILITY = { stable: 0, variable: 1, unstable: 2 } as const;

/**
 * Suppliers by what they ask now and lately: score = 0.7 · current + 0.3 · mean of 90 days, the lowest first; of equal ones the
 * steadier, then who lets one pay later. Prices that hold no longer on `today` do not count. `facts` come in their order.
 */
export function rankSuppliers(facts: readonly PriceFact[], { now, today }: { now: Date; today: string }): Ranked[] {
  const current = [...Map.groupBy(facts, ({ supplierId }) => supplierId).values()]
    .map((ofSupplier) => ({ last: ofSupplier.at(-1)!, recent: pricesOf(ofSupplier, now) }))
    .filter(({ last }) => last.validUntil === null || last.validUntil >= today);
  const cheapest = Decimal.min(...current.map(({ last }) => last.price), Infinity);
  return current
    .map(({ last, recent }) => {
      const price = new Decimal(last.price);
      const mean = meanOf(recent.length > 0 ? recent : [price]);
      const score = price.mul(0.7).plus(mean.mul(0.3));
      const overCheapestPct = price.div(cheapest).minus(1).mul(100).toDecimalPlaces(1);
      const stability = stabilityOf(recent, mean);
      return {
        supplierId: last.supplierId,
        price,
        score,
        overCheapestPct,
        stability,
        paymentDays: last.paymentDays ?? 0,
      };
    })
    .toSorted(
      (a, b) =>
        a.score.comparedTo(b.score) ||
        BY_STABILITY[a.stability] - BY_STABILITY[b.stability] ||
        b.paymentDays - a.paymentDays,
    )
    .map(({ supplierId, price, score, overCheapestPct, stability }) => {
      return { supplierId, price, score, overCheapestPct, stability };
    });
}

function pricesOf(facts: readonly PriceFact[], now: Date): Decimal[] {
  return facts
    .filter(({ registeredAt }) => now.getTime() - registeredAt.getTime() <= WINDOW_MS)
    .map(({ price }) => new Decimal(price));
}

function meanOf(prices: readonly Decimal[]): Decimal {
  return Decimal.sum(...prices).div(prices.length);
}

/** By the coefficient of variation: below 5 % stable, above 10 % unstable. */
function stabilityOf(prices: readonly Decimal[], mean: Decimal): Stability {
  if (prices.length < 2) return 'stable';
  const variance = Decimal.sum(...prices.map((price) => price.minus(mean).pow(2))).div(prices.length);
  const variation = variance.sqrt().div(mean).mul(100);
  if (variation.lt(5)) return 'stable';
  return variation.gt(10) ? 'unstable' : 'variable';
}

/** What is worth telling of each price: a tenth or more away from the supplier's last, or below all that anyone asked before. */
export function changesIn(facts: readonly PriceFact[]): PriceChange[] {
  const last = new Map<string, Decimal>();
  let best: Decimal | undefined;
  return facts.flatMap(({ factId, supplierId, price: text }) => {
    const price = new Decimal(text);
    const before = last.get(supplierId);
    const told: PriceChange[] = [];
    const changePct = (from: Decimal) => price.div(from).minus(1).mul(100).toDecimalPlaces(1);
    if (before && price.div(before).minus(1).mul(100).abs().gte(WORTH_TELLING_PCT)) {
      const type = price.gt(before) ? 'increase' : 'decrease';
      told.push({ factId, supplierId, type, changePct: changePct(before), price, before });
    }
    if (best && price.lt(best))
      told.push({ factId, supplierId, type: 'new_best_price', changePct: changePct(best), price, before: best });
    last.set(supplierId, price);
    best = best ? Decimal.min(best, price) : price;
    return told;
  });
}
