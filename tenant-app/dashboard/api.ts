import type { Request, Response } from 'express';
import { readDashboard } from '#domain/construction/dashboard/index.ts';
import type { RequestContext } from '#tenant-app/context.ts';
import { scopeIn } from '#tenant-app/guards.ts';
import { ownersFor } from './owners.ts';

/** The figures of the dashboard for programs. What the person may not see is null. */
export async function getDashboard(ctx: RequestContext, _req: Request, res: Response): Promise<void> {
  const dashboard = await readDashboard(ctx, ownersFor(ctx));
  const { engine } = dashboard;
  const seesQuotes = scopeIn(ctx, 'quote.read') !== undefined;
  const seesOrders = scopeIn(ctx, 'order.read') !== undefined;
  res.json({
    as_of: dashboard.asOf,
    quotes_today: seesQuotes ? dashboard.quotesToday : null,
    orders_today: seesOrders ? dashboard.ordersToday : null,
    delivered_this_week: seesOrders ? dashboard.deliveredThisWeek : null,
    open_quotes: seesQuotes ? dashboard.openQuotes : null,
    open_orders: seesOrders ? dashboard.openOrders : null,
    sales_engine:
      engine && scopeIn(ctx, 'insights.sales') !== undefined
        ? { day: engine.day, sales: engine.sales, revenue: engine.revenue, computed_at: engine.computedAt }
        : null,
  });
}
