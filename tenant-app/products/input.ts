import { z } from 'zod';
import type { PriceChange, Product, ProductInput, ProductSummary } from '#domain/construction/products/index.ts';
import { activeQuery, listQuery } from '#tenant-app/api/input.ts';
import {
  fromForm,
  fromJson,
  given,
  optionalText,
  priceField,
  requiredText,
  type NumberReader,
} from '#tenant-app/forms/fields.ts';

const upperCase = (code: string | null) => code && code.toUpperCase();

/** A product as forms and JSON send it; they differ only in how they write the price. */
const fields = (read: NumberReader) => ({
  code: optionalText(50).transform(upperCase),
  name: requiredText(255),
  unit: requiredText(4).transform((unit) => unit.toUpperCase()),
  base_price: priceField(read),
});

type Wire = { code: string | null; name: string; unit: string; base_price: string };

const wholeProduct = (read: NumberReader) =>
  z.preprocess(
    (body) => ({ code: null, ...(body as object) }),
    z
      .object(fields(read))
      .transform(({ base_price, ...rest }: Wire): ProductInput => ({ ...rest, basePrice: base_price })),
  );

const someOfProduct = (read: NumberReader) =>
  z
    .object({ ...fields(read), price_reason: optionalText(200) })
    .partial()
    .transform(({ base_price, price_reason, ...rest }) => {
      const changes = given<ProductInput>({ ...rest, basePrice: base_price });
      return { changes, priceReason: price_reason ?? null };
    });

export const productForm = wholeProduct(fromForm);
export const productBody = wholeProduct(fromJson);
export const productChangesForm = someOfProduct(fromForm);
export const productChangesBody = someOfProduct(fromJson);
export const productQuery = listQuery.extend({ active: activeQuery });

export function toResource({ basePrice, createdAt, updatedAt, ...rest }: Product) {
  return {
    ...rest,
    base_price: basePrice,
    created_at: createdAt.toISOString(),
    updated_at: updatedAt.toISOString(),
  };
}

export function toSummaryResource({ basePrice, nameSearch: _key, ...rest }: ProductSummary) {
  return { ...rest, base_price: basePrice };
}

export function toPriceResource({ id, oldPrice, newPrice, changedBy, changedAt, reason }: PriceChange) {
  return {
    id,
    old_price: oldPrice,
    new_price: newPrice,
    changed_by: changedBy,
    changed_at: changedAt.toISOString(),
    reason,
  };
}
