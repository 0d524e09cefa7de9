import { newId } from '#platform/ids.ts';

/** What a row of each tenant table needs beyond its tenant. */
export type Rows = Record<string, Record<string, unknown>>;

/** Stands in every text of a full store, so that a test can look for it where nothing of the store may be left. */
export const MARK = 'Segredo-da-Casa-Forte';

export const AT = new Date('2026-11-26T12:00:00Z');

/** A row in every table of the engines. */
export function engineRows(): Rows {
  const saleId = newId();
  return {
    'engines.quote_facts': { quote_id: newId(), customer_id: newId() },
    'engines.order_facts': { order_id: newId() },
    'engines.sale_facts': { sale_id: saleId, order_id: newId(), customer_id: newId(), total: 10, sold_at: AT },
    'engines.sale_item_facts': {
      sale_id: saleId,
      position: 1,
      product_id: newId(),
      quantity: 1,
      unit_price: 10,
      total: 10,
      sold_at: AT,
    },
    'engines.sales_daily': { day: '2026-11-26', computed_at: AT },
    'engines.sales_suggestions': {
      source_product_id: newId(),
      suggested_product_id: newId(),
      support: 5,
      confidence: 0.5,
      lift: 2,
      priority: 'medium',
      explanation: MARK,
      computed_at: AT,
    },
    ...stockEngineRows(),
    ...pricingRows(),
    ...deliveryRows(),
  };
}

function stockEngineRows(): Rows {
  const productId = newId();
  const said = { product_id: productId, explanation: MARK, data: '{}', computed_at: AT };
  return {
    'events.recomputations': { engine: 'stock', subject: productId, due_at: AT },
    'engines.stock_products': { product_id: productId },
    'engines.stock_facts': { product_id: productId, fact_id: newId(), kind: 'sale', delta: -1, happened_at: AT },
    'engines.stock_on_order': {
      product_id: productId,
      purchase_order_id: newId(),
      open_quantity: 1,
      told_at: AT,
    },
    'engines.stock_alerts': {
      id: newId(),
      type: 'excess',
      severity: 'low',
      status: 'active',
      opened_at: AT,
      ...said,
    },
    'engines.replenishment_suggestions': { quantity: 1, priority: 'A', ...said },
    'engines.product_classes': { product_id: productId, class: 'A', revenue: 1, share_before: 0, computed_at: AT },
  };
}

function pricingRows(): Rows {
  const [productId, supplierId] = [newId(), newId()];
  const pair = { product_id: productId, supplier_id: supplierId };
  return {
    'engines.supplier_price_facts': { ...pair, fact_id: newId(), price: 1, registered_at: AT },
    'engines.receipt_cost_facts': {
      product_id: productId,
      receipt_id: newId(),
      quantity: 1,
      unit_cost: 1,
      received_at: AT,
    },
    'engines.supplier_ranking': {
      ...pair,
      place: 1,
      price: 1,
      score: 1,
      over_cheapest_pct: 0,
      stability: 'stable',
      explanation: MARK,
      computed_at: AT,
    },
    'engines.supplier_price_alerts': {
      ...pair,
      fact_id: newId(),
      type: 'increase',
      change_pct: 10,
      explanation: MARK,
      opened_at: AT,
    },
    'engines.base_costs': { product_id: productId, cost: 1, source: 'supplier', computed_at: AT },
  };
}

function deliveryRows(): Rows {
  const deliveryId = newId();
  return {
    'engines.delivery_facts': { delivery_id: deliveryId, order_id: newId(), city: MARK },
    'engines.delivery_failures': { delivery_id: deliveryId, fact_id: newId(), failed_at: AT },
    'engines.delivery_daily': {
      day: '2026-11-26',
      driver_id: newId(),
      completed: 1,
      on_time: 1,
      first_attempt: 1,
      with_issue: 0,
      failures: 0,
      computed_at: AT,
    },
  };
}
