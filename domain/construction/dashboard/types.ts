/** A number of documents and what they are worth together, as a decimal string. */
export type Tally = { count: number; total: string };

/** Whose documents count: a person's id, or null for everybody's. */
export type DashboardOwners = { quoteOwner: string | null; orderOwner: string | null };

export type RecentDocument = {
  kind: 'quote' | 'order';
  id: string;
  number: string;
  status: string;
  customerName: string | null;
  total: string;
  createdAt: Date;
};

/** What the sales engine says about a day; it learns of sales by events, so its figures may trail by seconds. */
export type EngineFigure = { day: string; sales: number; revenue: string; computedAt: Date };

export type Dashboard = {
  quotesToday: Tally;
  ordersToday: Tally;
  /** Delivered today and on the six days before. */
  deliveredThisWeek: Tally;
  /** Documents by state, of those that still ask for something to be done. */
  openQuotes: Record<string, number>;
  openOrders: Record<string, number>;
  recent: RecentDocument[];
  /** Which first steps a store has behind it. */
  has: { customer: boolean; product: boolean; quote: boolean };
  /** Undefined until the engine has seen a sale of today. */
  engine: EngineFigure | undefined;
  asOf: Date;
};
