import type { DecimalText } from '#domain/construction/money/index.ts';

/** What goods are counted in. `decimals`: how many a quantity may have; whole units refuse any. */
export type Unit = { code: string; label: string; decimals: number };

/** What a person may write about a product. `code` is upper case, unique in the store. */
export type ProductInput = { code: string | null; name: string; unit: string; basePrice: DecimalText };

export type Product = ProductInput & {
  id: string;
  active: boolean;
  createdAt: Date;
  updatedAt: Date;
  version: number;
};

/** One change of a product's base price. */
export type PriceChange = {
  id: string;
  oldPrice: DecimalText;
  newPrice: DecimalText;
  changedBy: string | null;
  changedAt: Date;
  reason: string | null;
};
