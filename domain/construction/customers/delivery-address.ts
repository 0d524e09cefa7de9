import type { Address } from './types.ts';

/** Whether goods can be sent there: a street, and the city it is in. The same for a page's buttons and for the order. */
export function isDeliverable({ street, city }: Pick<Address, 'street' | 'city'>): boolean {
  return street !== null && city !== null;
}
