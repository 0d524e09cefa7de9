export { maskCep, maskPhone, readCep, readPhone, STATES } from './contact.ts';
export { isCnpj, isCpf, isDocumentOf, maskDocument, unmaskDocument, type CustomerKind } from './documents.ts';
export { listCustomers, type CustomerFilter, type CustomerSummary } from './listings.ts';
export {
  changeCustomer,
  createCustomer,
  getCustomer,
  requireBuyer,
  setCustomerActive,
  useWalkInCustomer,
  WALK_IN_NAME,
} from './service.ts';
export type { Address, Customer, CustomerInput } from './types.ts';
