import { z } from 'zod';
import {
  QUOTE_STATUSES,
  type DraftInput,
  type ItemChanges,
  type ItemInput,
} from '#domain/construction/quotes/index.ts';
import { FULFILMENTS } from '#domain/construction/orders/index.ts';
import { listQuery } from '#tenant-app/api/input.ts';
import {
  freightField,
  fromForm,
  fromJson,
  given,
  idField,
  optionalText,
  percentField,
  priceField,
  quantityField,
  requiredText,
  unlessEmpty,
  type NumberReader,
} from '#tenant-app/forms/fields.ts';

export const quoteQuery = listQuery.extend({
  status: z.enum(QUOTE_STATUSES).optional().catch(undefined),
});

/** A new quote; a form may send an empty customer. */
export const newQuote = z.object({ customer_id: unlessEmpty(idField.nullable()) }).transform(({ customer_id }) => ({
  customerId: customer_id ?? null,
}));

const itemFields = (read: NumberReader) => ({
  quantity: quantityField(read),
  unit_price: unlessEmpty(priceField(read)),
  discount_pct: unlessEmpty(percentField(read)),
});

const newItem = (read: NumberReader) =>
  z
    .object({ ...itemFields(read), product_id: idField })
    .transform(({ product_id, quantity, unit_price, discount_pct }): ItemInput => ({
      productId: product_id,
      quantity,
      unitPrice: unit_price,
      discountPct: discount_pct,
    }));

/** On paper, no quantity means one. */
export const itemForm = z.preprocess((typed) => withDefault(typed, 'quantity', '1'), newItem(fromForm));
const itemBody = newItem(fromJson);
export const itemsBody = z.object({ items: z.array(itemBody).max(500) });

const orZero = (text: unknown) => (text === '' ? '0' : text);

/** One cell of a line, or all of them: what the screen showed, and what it should be. */
export const itemChangesForm = z
  .object({
    quantity: quantityField(fromForm),
    unit_price: priceField(fromForm),
    discount_pct: z.preprocess(orZero, percentField(fromForm)),
    seen_quantity: quantityField(fromForm),
    seen_unit_price: priceField(fromForm),
    seen_discount_pct: percentField(fromForm),
  })
  .partial()
  .transform((form): { changes: ItemChanges; seen: ItemChanges } => ({
    changes: given({ quantity: form.quantity, unitPrice: form.unit_price, discountPct: form.discount_pct }),
    seen: given({
      quantity: form.seen_quantity,
      unitPrice: form.seen_unit_price,
      discountPct: form.seen_discount_pct,
    }),
  }));

const validity = z.coerce.number().int().min(1).max(365);

/** One cell of the counter screen's foot, or all of them. */
export const termsForm = z
  .object({
    discount_pct: z.preprocess(orZero, percentField(fromForm)),
    freight: z.preprocess(orZero, freightField(fromForm)),
    validity_days: validity,
    notes: optionalText(2000),
    seen_discount_pct: percentField(fromForm),
    seen_freight: freightField(fromForm),
    seen_validity_days: validity,
    seen_notes: optionalText(2000),
  })
  .partial()
  .transform((form): { changes: Partial<DraftInput>; seen: Partial<DraftInput> } => ({
    changes: given({
      discountPct: form.discount_pct,
      freight: form.freight,
      validityDays: form.validity_days,
      notes: form.notes,
    }),
    seen: given({
      discountPct: form.seen_discount_pct,
      freight: form.seen_freight,
      validityDays: form.seen_validity_days,
      notes: form.seen_notes,
    }),
  }));

/** Some of a draft's head; what is left out stays. */
export const draftBody = z
  .object({
    customer_id: idField.nullable(),
    discount_pct: percentField(fromJson),
    freight: freightField(fromJson),
    validity_days: z.int().min(1).max(365),
    notes: optionalText(2000),
  })
  .partial()
  .transform(({ customer_id, discount_pct, validity_days, ...rest }): Partial<DraftInput> => {
    return given({ ...rest, customerId: customer_id, discountPct: discount_pct, validityDays: validity_days });
  });

/** Lines that need no product: a preview is arithmetic only. */
export const previewBody = z
  .object({
    items: z
      .array(
        z.object({
          quantity: quantityField(fromJson),
          unit_price: priceField(fromJson),
          discount_pct: percentField(fromJson).default('0'),
        }),
      )
      .max(500),
    discount_pct: percentField(fromJson).default('0'),
    freight: freightField(fromJson).default('0'),
  })
  .transform(({ items, discount_pct, freight }) => ({
    lines: items.map((item) => ({
      quantity: item.quantity,
      unitPrice: item.unit_price,
      discountPct: item.discount_pct,
    })),
    head: { discountPct: discount_pct, freight },
  }));

export const reasonInput = z.object({ reason: requiredText(500) });
export const optionalReasonInput = z.object({ reason: optionalText(500).default(null) });
export const conversionInput = z.object({ fulfilment: z.enum(FULFILMENTS).optional() });

/** What was typed into one of the two pickers, and for which text its results were drawn. */
export const pickerInput = z.object({
  q: z.string().trim().max(100).catch(''),
  results_for: z.string().trim().max(100).catch(''),
});

function withDefault(typed: unknown, key: string, value: string): unknown {
  const fields = (typed ?? {}) as Record<string, unknown>;
  return { ...fields, [key]: fields[key] || value };
}
