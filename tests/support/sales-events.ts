import { newId } from '#platform/ids.ts';
import type { EventDraft } from './pipeline.ts';

/** A completed sale of one line, worth `total`. */
export function saleRecorded(total = '100.00', { at = new Date(), saleId = newId() } = {}): EventDraft {
  return {
    type: 'sale_recorded',
    payload: {
      sale_id: saleId,
      order_id: newId(),
      customer_id: newId(),
      delivered_at: at.toISOString(),
      total,
      items: [{ product_id: newId(), quantity: '1.000', unit_price: total, total }],
    },
  };
}
