import { Decimal, type DecimalText } from '#platform/decimal.ts';

/** What is known of a product when it is judged. Quantities are in its base unit; times in whole days. */
export type StockPosition = {
  /** Sold less returned in the window of {@link SALES_WINDOW_DAYS}. */
  soldInWindow: DecimalText;
  /** Since the first fact; 0 on that day. */
  daysKnown: number;
  /** Undefined when it was never sold. */
  daysSinceSale: number | undefined;
  onHand: DecimalText;
  reserved: DecimalText;
  onOrder: DecimalText;
  leadTimeDays: number;
  safetyPct: DecimalText;
  minimumOverride: DecimalText | undefined;
  maximumOverride: DecimalText | undefined;
};

type Severity = 'high' | 'medium' | 'low';
export type AlertType = 'out_of_stock' | 'stockout_risk' | 'excess' | 'dead_stock';

export type Judgement = {
  /** Average a day. */
  demand: Decimal;
  minimum: Decimal;
  maximum: Decimal;
  available: Decimal;
  /** Available and on order. */
  position: Decimal;
  /** Whole days for which what is available lasts; undefined without demand. */
  daysLeft: number | undefined;
  alerts: ReadonlyMap<AlertType, Severity>;
  /** Undefined when nothing need be ordered. */
  suggestion: { quantity: Decimal; priority: 'A' | 'B' | 'C' } | undefined;
};

/** How far back sales count as today's demand. Units: days. */
export const SALES_WINDOW_DAYS = 90;
/** Two weeks must be known before a few sales make an average. Units: days. */
const SHORTEST_WINDOW_DAYS = 14;
const EXCESS_FACTOR = 1.5;

/**
 * The rules of stock: demand `d` = sold ÷ clamp(days known, 14, 90); minimum = d · lead time · (1 + safety %); maximum =
 * d · lead time · 2, at least the minimum; both give way to what the store has set. Below the minimum (counting what is on
 * order) there is a risk, whose severity is how soon the shelf is empty: within the lead time, twice that, or later.
 */
export function judge(known: StockPosition): Judgement {
  const window = Math.min(Math.max(known.daysKnown, SHORTEST_WINDOW_DAYS), SALES_WINDOW_DAYS);
  const demand = Decimal.max(0, known.soldInWindow).div(window);
  const duringLeadTime = demand.mul(known.leadTimeDays);
  const minimum = new Decimal(
    known.minimumOverride ?? duringLeadTime.mul(new Decimal(known.safetyPct).div(100).plus(1)),
  );
  const maximum = Decimal.max(minimum, known.maximumOverride ?? duringLeadTime.mul(2));
  const available = new Decimal(known.onHand).minus(known.reserved);
  const position = available.plus(known.onOrder);
  const daysLeft = demand.gt(0) ? Decimal.max(0, available).div(demand).floor().toNumber() : undefined;
  const figures = { demand, minimum, maximum, available, position, daysLeft };
  const risk = position.lt(minimum) ? severityOf(daysLeft, known.leadTimeDays) : undefined;
  return { ...figures, alerts: alertsOf(known, figures, risk), suggestion: risk && suggest(figures, risk) };
}

type Figures = Omit<Judgement, 'alerts' | 'suggestion'>;

function alertsOf(known: StockPosition, figures: Figures, risk: Severity | undefined): Map<AlertType, Severity> {
  const { demand, available, maximum } = figures;
  const alerts = new Map<AlertType, Severity>();
  if (demand.gt(0) && available.lte(0)) alerts.set('out_of_stock', 'high');
  if (risk) alerts.set('stockout_risk', risk);
  if (demand.gt(0) && new Decimal(known.onHand).gt(maximum.mul(EXCESS_FACTOR))) alerts.set('excess', 'low');
  if (isDead(known)) alerts.set('dead_stock', 'low');
  return alerts;
}

/** A product that is new has had no time to be sold. */
function isDead({ onHand, daysKnown, daysSinceSale }: StockPosition): boolean {
  const unsold = Math.min(daysKnown, daysSinceSale ?? Infinity);
  return new Decimal(onHand).gt(0) && unsold >= SALES_WINDOW_DAYS;
}

/** Without demand the store has set a minimum itself: that it is not met is worth a look and no hurry. */
function severityOf(daysLeft: number | undefined, leadTimeDays: number): Severity {
  if (daysLeft === undefined) return 'low';
  if (daysLeft <= leadTimeDays) return 'high';
  return daysLeft <= 2 * leadTimeDays ? 'medium' : 'low';
}

const PRIORITIES = { high: 'A', medium: 'B', low: 'C' } as const;

/** Fills up to the maximum, in whole units. */
function suggest({ maximum, position }: Figures, risk: Severity): Judgement['suggestion'] {
  return { quantity: maximum.minus(position).ceil(), priority: PRIORITIES[risk] };
}
