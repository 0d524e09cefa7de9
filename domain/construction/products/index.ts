export { listPriceChanges, listProducts, listUnits, requireUnit, type ProductSummary } from './listings.ts';
export { changeProduct, createProduct, getProduct, requireSellable, setProductActive } from './service.ts';
export type { PriceChange, Product, ProductInput, Unit } from './types.ts';
