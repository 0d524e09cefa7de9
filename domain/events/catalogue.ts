import { z } from 'zod';

/** Decimals travel as strings, so that no reader's floating point touches them; no longer than engines can store. */
const decimal = z.string().regex(/^-?\d{1,10}(\.\d{1,6})?$/);
const amount = z.string().regex(/^\d{1,10}(\.\d{1,6})?$/, 'a decimal that is not negative');
const price = z.string().regex(/^(?=.*[1-9])\d{1,10}(\.\d{1,4})?$/, 'a positive decimal with at most four places');
const id = z.guid();
const instant = z.iso.datetime({ offset: true });

/** Quantity in the product's base unit; `unit_price` and `total` are net of discounts. */
const item = z.object({ product_id: id, quantity: decimal, unit_price: decimal, total: decimal });
const items = z.array(item).max(1000);

const percent = z.string().regex(/^(\d{1,3}(\.\d{1,2})?|1000(\.0+)?)$/, 'a percentage of 0 to 1000');
/** Units: kg. */
const weight = z.string().regex(/^\d{1,8}(\.\d{1,3})?$/, 'kilograms with at most three places');

const quote = { quote_id: id, customer_id: id, total: decimal };

/** Where to and by whom; `date` is the day it is promised for. */
const delivery = {
  delivery_id: id,
  order_id: id,
  date: z.iso.date().nullish(),
  driver_id: id.nullish(),
  cep: z.string().max(9).nullish(),
  city: z.string().max(100).nullish(),
  weight_kg: weight.nullish(),
};

/**
 * Every event the platform knows, by type and schema version: the contract between the stores' code, which writes them,
 * and the engines, which read them. A new optional field keeps the version; anything else is a new version beside the
 * old one for at least two releases. Payloads hold ids and decimal strings, never personal data.
 */
export const EVENT_CATALOGUE = {
  quote_created: {
    1: z.object({
      ...quote,
      job_site_id: id.optional(),
      user_id: id,
      discount_pct: decimal,
      items,
    }),
  },
  quote_sent: { 1: z.object({ ...quote, valid_until: z.iso.date() }) },
  quote_approved: { 1: z.object({ ...quote, valid_until: z.iso.date() }) },
  quote_rejected: { 1: z.object({ ...quote, valid_until: z.iso.date(), reason: z.string().optional() }) },
  quote_expired: { 1: z.object({ ...quote, valid_until: z.iso.date() }) },
  quote_converted: {
    1: z.object({ ...quote, order_id: id, job_site_id: id.optional(), converted_at: instant, items }),
  },
  order_created: {
    1: z.object({
      order_id: id,
      quote_id: id.optional(),
      customer_id: id,
      fulfilment: z.enum(['pickup', 'delivery']),
      promised_date: z.iso.date().optional(),
      items,
    }),
  },
  order_cancelled: { 1: z.object({ order_id: id, reason: z.string().optional(), items }) },
  order_status_changed: {
    1: z.object({
      order_id: id,
      old_status: z.string(),
      new_status: z.string(),
      changed_at: instant,
      changed_by: z.string().optional(),
    }),
  },
  sale_recorded: {
    1: z.object({
      sale_id: id,
      order_id: id,
      quote_id: id.optional(),
      customer_id: id,
      job_site_id: id.optional(),
      delivered_at: instant,
      total: decimal,
      items,
    }),
  },
  sale_reversed: { 1: z.object({ sale_id: id, return_id: id, items }) },
  stock_updated: {
    1: z.object({
      product_id: id,
      movement_id: id,
      kind: z.enum(['adjustment', 'count', 'loss', 'transfer', 'reserve']),
      delta: decimal,
      on_hand: decimal,
      reserved: decimal,
      at: instant,
      reason: z.string().nullish(),
    }),
  },
  stock_received: {
    1: z.object({
      receipt_id: id,
      supplier_id: id.optional(),
      items: z.array(z.object({ product_id: id, quantity: amount, unit_cost: amount })).max(1000),
      at: instant,
    }),
  },
  replenishment_parameters_changed: {
    1: z.object({
      product_id: id,
      lead_time_days: z.int().min(1).max(365),
      safety_pct: percent,
      min: amount.nullish(),
      max: amount.nullish(),
    }),
  },
  purchase_order_changed: {
    1: z.object({
      po_id: id,
      status: z.string(),
      items: z.array(z.object({ product_id: id, open_qty: amount })).max(1000),
    }),
  },
  supplier_price_registered: {
    1: z.object({
      supplier_id: id,
      product_id: id,
      price,
      min_qty: amount.nullish(),
      payment_days: z.int().min(0).max(365).nullish(),
      valid_until: z.iso.date().nullish(),
      at: instant,
    }),
  },
  delivery_planned: { 1: z.object(delivery) },
  delivery_started: { 1: z.object(delivery) },
  delivery_completed: {
    1: z.object({
      ...delivery,
      outcome: z.enum(['completed', 'completed_with_issue']),
      on_time: z.boolean().nullish(),
    }),
  },
  delivery_failed: { 1: z.object({ ...delivery, reason: z.string().nullish() }) },
  product_upserted: {
    1: z.object({
      product_id: id,
      code: z.string().nullish(),
      category_id: id.nullish(),
      unit: z.string(),
      base_price: decimal,
      active: z.boolean(),
      weight_kg: weight.nullish(),
    }),
  },
  product_price_updated: {
    1: z.object({ product_id: id, old_price: decimal, new_price: decimal, changed_by: id.optional(), at: instant }),
  },
} as const;

export type EventType = keyof typeof EVENT_CATALOGUE;
export type EventItem = z.infer<typeof item>;

/** What an event of this type carries at version 1, the only one so far. */
export type EventPayload<T extends EventType> = z.infer<(typeof EVENT_CATALOGUE)[T][1]>;

export function isKnownType(type: string): type is EventType {
  return Object.hasOwn(EVENT_CATALOGUE, type);
}

type PayloadCheck =
  { ok: true; payload: unknown } | { ok: false; reason: 'unknown_version' | 'invalid_payload'; message: string };

/** Checks a payload against the contract of its type and version. */
export function checkPayload(type: EventType, version: number, payload: unknown): PayloadCheck {
  const versions: Partial<Record<number, z.ZodType>> = EVENT_CATALOGUE[type];
  const schema = versions[version];
  if (!schema) return { ok: false, reason: 'unknown_version', message: `${type} version ${version} is not known here` };
  const parsed = schema.safeParse(payload);
  if (parsed.success) return { ok: true, payload: parsed.data };
  return { ok: false, reason: 'invalid_payload', message: z.prettifyError(parsed.error) };
}
