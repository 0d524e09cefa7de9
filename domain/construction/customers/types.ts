import type { CustomerKind } from './documents.ts';

export type Address = {
  street: string | null;
  streetNumber: string | null;
  complement: string | null;
  district: string | null;
  city: string | null;
  state: string | null;
  /** Eight digits. */
  cep: string | null;
};

/** What a person may write about a customer. `document` has no mask; `phone` is E.164. */
export type CustomerInput = Address & {
  kind: CustomerKind;
  name: string;
  document: string | null;
  email: string | null;
  phone: string | null;
  notes: string | null;
};

export type Customer = CustomerInput & {
  id: string;
  active: boolean;
  createdBy: string | null;
  createdAt: Date;
  updatedAt: Date;
  version: number;
};
