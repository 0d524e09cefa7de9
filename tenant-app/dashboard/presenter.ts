import type { Translate } from '#platform/http/i18n.ts';
import type { Dashboard, RecentDocument, Tally } from '#domain/construction/dashboard/index.ts';
import type { Permission } from '#domain/construction/users/index.ts';
import type { Formats } from '#tenant-app/formats.ts';

type View = { t: Translate; format: Formats; may: (permission: Permission) => boolean };

const QUOTE_STATES = ['draft', 'sent', 'approved'];
const ORDER_STATES = ['pending', 'preparing', 'ready', 'out_for_delivery'];

/** What the page shows, in words and figures, for what this person may see. */
export function presentDashboard(dashboard: Dashboard, view: View) {
  const { t, format } = view;
  return {
    asOf: t('dashboard:as_of', { time: format.time(dashboard.asOf) }),
    tiles: presentTiles(dashboard, view),
    steps: dashboard.has.quote ? [] : presentSteps(dashboard.has, view),
    open: [
      ...openOf('quote', QUOTE_STATES, dashboard.openQuotes, view),
      ...openOf('order', ORDER_STATES, dashboard.openOrders, view),
    ],
    recent: dashboard.recent.filter(({ kind }) => view.may(`${kind}.read`)).map((row) => presentDocument(row, view)),
  };
}

function presentTiles({ quotesToday, ordersToday, deliveredThisWeek, engine }: Dashboard, { t, format, may }: View) {
  const tile = (key: string, { count, total }: Tally) => ({
    label: t(`dashboard:${key}`),
    figure: format.money(total),
    note: t(`dashboard:${key}_count`, { count }),
  });
  return [
    ...(may('quote.read') ? [tile('quotes_today', quotesToday)] : []),
    ...(may('order.read') ? [tile('orders_today', ordersToday), tile('delivered_week', deliveredThisWeek)] : []),
    ...(may('insights.sales')
      ? [
          {
            label: t('dashboard:engine'),
            figure: engine ? format.money(engine.revenue) : '—',
            note: engine
              ? t('dashboard:engine_as_of', { count: engine.sales, time: format.time(engine.computedAt) })
              : t('dashboard:engine_waiting'),
          },
        ]
      : []),
  ];
}

/** A new store's way to its first sale: what is done is ticked, the first that is not is the next action. */
function presentSteps(has: Dashboard['has'], { t, may }: View) {
  const steps = [
    { key: 'customer', done: has.customer, href: '/web/customers/new', permission: 'customer.create' as const },
    { key: 'product', done: has.product, href: '/web/products/new', permission: 'product.edit' as const },
    { key: 'quote', done: has.quote, href: '/web/quotes/new', permission: 'quote.create' as const },
  ].filter(({ permission }) => may(permission));
  const next = steps.find(({ done }) => !done);
  return steps.map(({ key, done, href }) => ({
    title: t(`dashboard:step_${key}`),
    hint: t(`dashboard:step_${key}_hint`),
    action: t(`dashboard:step_${key}_action`),
    href,
    done,
    isNext: next?.key === key,
  }));
}

function openOf(kind: 'quote' | 'order', states: string[], counts: Record<string, number>, { t, format, may }: View) {
  if (!may(`${kind}.read`)) return [];
  return states.map((status) => ({
    href: `/web/${kind}s?status=${status}`,
    label: t(`dashboard:${kind}s_${status}`),
    count: format.count(counts[status] ?? 0),
    isZero: !counts[status],
  }));
}

function presentDocument(row: RecentDocument, { t, format, may }: View) {
  return {
    href: `/web/${row.kind}s/${row.id}`,
    number: row.number,
    customer: may('customer.read') ? (row.customerName ?? t('dashboard:no_customer')) : '',
    status: t(`dashboard:${row.kind}_is_${row.status}`),
    total: format.money(row.total),
    at: format.dateTime(row.createdAt),
    isoAt: row.createdAt.toISOString(),
  };
}
