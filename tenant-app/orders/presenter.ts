import { maskCep, maskDocument, maskPhone, type Address } from '#domain/construction/customers/index.ts';
import { compareDecimals } from '#domain/construction/money/index.ts';
import type { Order, OrderDetails, OrderStatus, OrderSummary } from '#domain/construction/orders/index.ts';
import { presentLine } from '#tenant-app/quotes/offer-presenter.ts';
import type { View } from '#tenant-app/forms/refusal.ts';

const TONES: Record<OrderStatus, string> = {
  pending: 'orange',
  preparing: 'azure',
  ready: 'blue',
  out_for_delivery: 'purple',
  delivered: 'green',
  cancelled: 'secondary',
};

function presentStatus(status: OrderStatus, { t }: View) {
  return { word: t(`orders:status_${status}`), tone: TONES[status] };
}

export function presentRow(row: OrderSummary, view: View) {
  return {
    href: `/web/orders/${row.id}`,
    number: row.number,
    customer: row.customerName,
    status: presentStatus(row.status, view),
    total: view.format.money(row.total),
    at: view.format.dateTime(row.createdAt),
    isoAt: row.createdAt.toISOString(),
  };
}

type Options = { view: View; steps: OrderStatus[]; mayReadCustomer: boolean };

/** An order's page: what to hand over, where, how far it is, and the next step of whoever looks. */
export function presentOrder(details: OrderDetails, { view, steps, mayReadCustomer }: Options) {
  const { order, customer } = details;
  const { t, format } = view;
  return {
    id: order.id,
    number: order.number,
    status: presentStatus(order.status, view),
    customer: {
      name: customer.name,
      href: mayReadCustomer ? `/web/customers/${customer.id}` : undefined,
      note: [customer.document && maskDocument(customer.document), customer.phone && maskPhone(customer.phone)]
        .filter(Boolean)
        .join(' · '),
    },
    facts: factsOf(details, view),
    address: order.deliveryAddress && addressLines(order.deliveryAddress),
    lines: details.items.map((item) => presentLine(item, view)),
    totals: {
      subtotal: format.money(order.subtotal),
      discount: compareDecimals(order.discountTotal, '0') === 0 ? undefined : format.money(order.discountTotal),
      discountPct: format.quantity(order.discountPct),
      freight: compareDecimals(order.freight, '0') === 0 ? undefined : format.money(order.freight),
      total: format.money(order.total),
    },
    road: roadOf(order, view),
    quote: order.quoteId && { href: `/web/quotes/${order.quoteId}`, number: details.quoteNumber },
    steps: steps
      .filter((to) => to !== 'cancelled')
      .map((to) => ({
        to,
        label: t(`orders:to_${isReturn(order, to) ? 'ready_again' : to}`),
        isMain: !isReturn(order, to),
      })),
    mayCancel: steps.includes('cancelled'),
  };
}

/** The goods came back: a step that is possible, but not the one to offer first. */
function isReturn(order: Order, to: OrderStatus): boolean {
  return order.status === 'out_for_delivery' && to === 'ready';
}

function factsOf({ order, salespersonName, deliveries }: OrderDetails, { t, format }: View) {
  const handOver = deliveries.find(({ status }) => status === 'completed');
  return [
    { label: t('orders:fulfilment'), value: t(`orders:fulfilment_${order.fulfilment}`) },
    { label: t('sales:salesperson'), value: salespersonName },
    { label: t('orders:made_at'), value: format.dateTime(order.createdAt) },
    ...(handOver ? [{ label: t('orders:hand_over'), value: handOver.number }] : []),
    ...(order.notes ? [{ label: t('sales:notes'), value: order.notes }] : []),
    ...(order.cancelReason ? [{ label: t('sales:reason'), value: order.cancelReason }] : []),
  ];
}

/** How far the order has come: each state on its way, with when it was reached. */
function roadOf(order: Order, view: View) {
  const reached: [OrderStatus, Date | null][] = [
    ['pending', order.createdAt],
    ['preparing', order.preparingAt],
    ['ready', order.readyAt],
    ...(order.fulfilment === 'delivery'
      ? [['out_for_delivery', order.outForDeliveryAt] as [OrderStatus, Date | null]]
      : []),
    order.status === 'cancelled' ? ['cancelled', order.cancelledAt] : ['delivered', order.deliveredAt],
  ];
  return reached.map(([status, at]) => ({
    word: view.t(`orders:status_${status}`),
    at: at === null ? '' : view.format.dateTime(at),
    isReached: at !== null,
    isCurrent: status === order.status,
  }));
}

function addressLines(address: Address): string[] {
  const { street, streetNumber, complement, district, city, state, cep } = address;
  return [
    [street, streetNumber, complement].filter(Boolean).join(', '),
    [district, city && `${city}${state ? `/${state}` : ''}`, cep && maskCep(cep)].filter(Boolean).join(' · '),
  ].filter((line) => line !== '');
}
