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
  /** What this supplier asked until then, and the least that anyone had asked; null of the first. */
  before: DecimalText | null;
  leastBefore: DecimalText | null;
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

/** What is older is no news, and weighs nothing unless it holds still. */
export const WINDOW_DAYS = 90;
const WINDOW_MS = WINDOW_DAYS * 86_400_000;
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
      const overCheapestPct = percentOver(price, cheapest).toDecimalPlaces(1);
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
  return facts.filter((fact) => isRecent(fact, now)).map(({ price }) => new Decimal(price));
}

export function isRecent({ registeredAt }: PriceFact, now: Date): boolean {
  return now.getTime() - registeredAt.getTime() <= WINDOW_MS;
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

/** What is worth telling of a price: a tenth or more away from the supplier's last, or below all that anyone asked before. */
export function changesIn({ factId, supplierId, price: text, before, leastBefore }: PriceFact): PriceChange[] {
  const price = new Decimal(text);
  const told: PriceChange[] = [];
  const tell = (type: PriceChange['type'], from: DecimalText, change: Decimal) =>
    told.push({ factId, supplierId, type, changePct: change.toDecimalPlaces(1), price, before: new Decimal(from) });
  if (before !== null) {
    const change = percentOver(price, before);
    if (change.abs().gte(WORTH_TELLING_PCT)) tell(change.isPositive() ? 'increase' : 'decrease', before, change);
  }
  if (leastBefore !== null && price.lt(leastBefore)) {
    tell('new_best_price', leastBefore, percentOver(price, leastBefore));
  }
  return told;
}

function percentOver(price: Decimal, from: DecimalText | Decimal): Decimal {
  return price.div(from).minus(1).mul(100);
}
