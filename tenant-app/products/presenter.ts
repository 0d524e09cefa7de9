import { editableAmount } from '#domain/construction/money/index.ts';
import type { listPriceChanges, Product, ProductSummary, Unit } from '#domain/construction/products/index.ts';
import type { Refusal, View } from '#tenant-app/forms/refusal.ts';

export function presentRow(row: ProductSummary, { t, format }: View) {
  return {
    href: `/web/products/${row.id}`,
    code: row.code ?? '',
    name: row.name,
    price: format.unitPrice(row.basePrice),
    unit: format.unit(row.unit),
    note: row.active ? '' : t('products:inactive'),
  };
}

export function valuesOf(product: Product): Record<string, string> {
  return {
    code: product.code ?? '',
    name: product.name,
    unit: product.unit,
    base_price: editableAmount(product.basePrice),
    version: String(product.version),
  };
}

type Form = { values: Record<string, unknown>; refusal: Refusal | undefined; units: Unit[] };

export function presentForm({ values, refusal, units }: Form, { t, format }: View) {
  const field = (name: string) => ({
    name,
    label: t(`products:${name}`),
    value: values[name] ?? '',
    error: refusal?.errors[name],
  });
  const existingId = refusal?.members.existing_id;
  return {
    name: field('name'),
    code: field('code'),
    unit: {
      ...field('unit'),
      value: values.unit ?? 'UN',
      options: units.map(({ code, label }) => ({ value: code, label: `${format.unit(code)} · ${label}` })),
    },
    price: field('base_price'),
    reason: field('price_reason'),
    version: values.version ?? '',
    message: refusal?.message,
    existingHref: typeof existingId === 'string' ? `/web/products/${existingId}` : undefined,
  };
}

type NamedPriceChange = Awaited<ReturnType<typeof listPriceChanges>>[number];

export function presentPriceChange(change: NamedPriceChange, { format }: View) {
  return {
    id: change.id,
    from: format.unitPrice(change.oldPrice),
    to: format.unitPrice(change.newPrice),
    at: format.dateTime(change.changedAt),
    who: change.changedByName ?? '',
    reason: change.reason ?? '',
  };
}
