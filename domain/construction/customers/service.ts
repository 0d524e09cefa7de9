import { withTenant } from '#platform/db/index.ts';
import { Conflict, InvalidInput, NotFound } from '#platform/errors.ts';
import { newId } from '#platform/ids.ts';
import { recordStoreAudit } from '#domain/construction/audit/index.ts';
import { requireRow } from '#domain/construction/row-access/index.ts';
import type { StoreContext } from '#domain/construction/store/index.ts';
import { requireVersion } from '#domain/construction/versions.ts';
import {
  findCustomer,
  findCustomerByDocument,
  findUndocumented,
  insertCustomer,
  lockCustomer,
  updateCustomer,
} from './queries.ts';
import { documentProblem } from './documents.ts';
import type { Customer, CustomerInput } from './types.ts';

/** The buyer of a sale over the counter who gives no name. */
const WALK_IN_NAME = 'Consumidor final';

/**
 * Registers a customer. Throws Conflict `document_taken` with `existing_id` when the store has one with this document,
 * InvalidInput when the document is not one of that kind.
 */
export async function createCustomer(ctx: StoreContext, input: CustomerInput): Promise<Customer> {
  requireDocumentOfKind(input);
  return withTenant(ctx, ctx.tenantId, async (tx) => {
    const customer = await insertCustomer(tx, { id: newId(), input, at: tx.clock.now() });
    if (!customer) return refuseDuplicate(tx, input.document);
    await recordStoreAudit(tx, { action: 'customer.created', entity: 'customer', entityId: customer.id, after: input });
    return customer;
  });
}

/** Finds the store's walk-in customer, and makes it the first time. */
export async function useWalkInCustomer(ctx: StoreContext): Promise<Customer> {
  return withTenant(ctx, ctx.tenantId, async (tx) => {
    return (await findUndocumented(tx, WALK_IN_NAME)) ?? createCustomer(tx, { ...NOTHING_KNOWN, name: WALK_IN_NAME });
  });
}

/** The customer of this store. Throws NotFound. */
export async function getCustomer(ctx: StoreContext, id: string): Promise<Customer> {
  return withTenant(ctx, ctx.tenantId, async (tx) => (await findCustomer(tx, id)) ?? missing());
}

/** The customer a sale is about to name. Throws InvalidInput `unknown_customer` or `customer_inactive`. */
export async function requireBuyer(tx: StoreContext, id: string): Promise<Customer> {
  const customer = await findCustomer(tx, id);
  if (customer?.active) return customer;
  const code = customer ? 'customer_inactive' : 'unknown_customer';
  const message = customer ? 'This customer is inactive.' : 'There is no such customer.';
  throw new InvalidInput(code, message, { fields: [{ path: 'customer_id', code, message }] });
}

/**
 * Changes what is written about a customer; what `changes` leaves out stays. Throws Conflict `version_conflict` when
 * somebody else was faster, and `document_taken` as {@link createCustomer} does.
 */
export async function changeCustomer(
  ctx: StoreContext,
  id: string,
  { version, changes }: { version?: number | undefined; changes: Partial<CustomerInput> },
): Promise<Customer> {
  return withTenant(ctx, ctx.tenantId, async (tx) => {
    const before = await lockForChange(tx, id, version);
    const input = { ...inputOf(before), ...changes };
    requireDocumentOfKind(input);
    if (input.document !== null && input.document !== before.document) {
      const holder = await findCustomerByDocument(tx, input.document);
      if (holder) return refuseDuplicate(tx, input.document);
    }
    const customer = await updateCustomer(tx, before, { input, at: tx.clock.now() });
    await recordStoreAudit(tx, {
      action: 'customer.changed',
      entity: 'customer',
      entityId: id,
      before: inputOf(before),
      after: inputOf(customer),
    });
    return customer;
  });
}

/** Hides a customer from new quotes, or brings it back; its history stays either way. A repeat changes nothing. */
export async function setCustomerActive(ctx: StoreContext, id: string, active: boolean): Promise<Customer> {
  return withTenant(ctx, ctx.tenantId, async (tx) => {
    const before = await lockForChange(tx, id, undefined);
    if (before.active === active) return before;
    const customer = await updateCustomer(tx, before, { active, at: tx.clock.now() });
    const action = active ? 'customer.reactivated' : 'customer.deactivated';
    await recordStoreAudit(tx, { action, entity: 'customer', entityId: id });
    return customer;
  });
}

async function lockForChange(tx: StoreContext, id: string, version: number | undefined): Promise<Customer> {
  const customer = (await lockCustomer(tx, id)) ?? missing();
  requireRow(tx, 'customer.edit', customer.createdBy);
  requireVersion(customer, version);
  return customer;
}

async function refuseDuplicate(tx: StoreContext, document: string | null): Promise<never> {
  const existing = document === null ? undefined : await findCustomerByDocument(tx, document);
  throw new Conflict('document_taken', 'Another customer of this store has this document.', {
    fields: [
      { path: 'document', code: 'document_taken', message: 'Another customer of this store has this document.' },
    ],
    members: { existing_id: existing?.id },
  });
}

function requireDocumentOfKind({ kind, document }: CustomerInput): void {
  const problem = document === null ? undefined : documentProblem(kind, document);
  if (problem) throw new InvalidInput(problem.code, problem.message, { fields: [{ path: 'document', ...problem }] });
}

function missing(): never {
  throw new NotFound();
}

const NOTHING_KNOWN: Omit<CustomerInput, 'name'> = {
  kind: 'PF', document: null, email: null, phone: null, street: null, streetNumber: null, complement: null,
  district: null, city: null, state: null, cep: null, notes: null,
}; // prettier-ignore

function inputOf(customer: Customer): CustomerInput {
  const {
    id: _id,
    active: _active,
    createdBy: _by,
    createdAt: _at,
    updatedAt: _updated,
    version: _version,
    ...input
  } = customer;
  return input;
}
