export { maskCep, maskPhone, readCep, readPhone, STATES } from './contact.ts';
export { isDeliverable } from './delivery-address.ts';
export { documentProblem, isCnpj, isCpf, maskDocument, unmaskDocument } from './documents.ts';
export { listCustomers, type CustomerSummary } from './listings.ts';
export {
  changeCustomer,
  createCustomer,
  getCustomer,
  requireBuyer,
  setCustomerActive,
  useWalkInCustomer,
} from './service.ts';
export type { Address, Customer, CustomerInput } from './types.ts';
