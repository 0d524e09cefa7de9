import { createCustomer, type Customer, type CustomerInput } from '#domain/construction/customers/index.ts';
import { createProduct, type Product } from '#domain/construction/products/index.ts';
import { addItem, approveQuote, createQuote, sendQuote, type Quote } from '#domain/construction/quotes/index.ts';
import type { StoreContext } from '#domain/construction/store/index.ts';

const NO_DETAILS = {
  document: null,
  email: null,
  phone: null,
  street: null,
  streetNumber: null,
  complement: null,
  district: null,
  city: null,
  state: null,
  cep: null,
  notes: null,
};

export function customerInput(changes: Partial<CustomerInput> = {}): CustomerInput {
  return { ...NO_DETAILS, kind: 'PF', name: 'João da Silva', ...changes };
}

export function aCustomer(ctx: StoreContext, changes: Partial<CustomerInput> = {}): Promise<Customer> {
  return createCustomer(ctx, customerInput(changes));
}

export function aProduct(
  ctx: StoreContext,
  changes: { name?: string; unit?: string; basePrice?: string } = {},
): Promise<Product> {
  return createProduct(ctx, { code: null, name: 'Cimento CP II 50 kg', unit: 'SC', basePrice: '32.0000', ...changes });
}

type Line = { price: string; quantity: string; discountPct?: string };

/** A draft with a customer and one product of its own per line. */
export async function aDraft(ctx: StoreContext, lines: Line[] = [{ price: '32.00', quantity: '10' }]): Promise<Quote> {
  const customer = await aCustomer(ctx);
  let quote = await createQuote(ctx, { customerId: customer.id });
  for (const { price, quantity, discountPct } of lines) {
    const product = await aProduct(ctx, { unit: 'KG', basePrice: price });
    ({ quote } = await addItem(ctx, quote.id, { productId: product.id, quantity, discountPct }));
  }
  return quote;
}

export async function anApprovedQuote(ctx: StoreContext, lines?: Line[]): Promise<Quote> {
  const draft = await aDraft(ctx, lines);
  await sendQuote(ctx, draft.id);
  return approveQuote(ctx, draft.id);
}
