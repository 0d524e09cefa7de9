import type { TenantContext } from '#platform/context.ts';
import { searchable } from '#domain/construction/search-text.ts';
import type { CustomerKind } from './documents.ts';
import type { Customer, CustomerInput } from './types.ts';

const TABLE = 'construction.customers';
const COLUMNS = [
  'id', 'kind', 'name', 'document', 'email', 'phone', 'street', 'street_number', 'complement', 'district', 'city',
  'state', 'cep', 'notes', 'active', 'created_by', 'created_at', 'updated_at', 'version',
] as const; // prettier-ignore

/** Returns undefined, and writes nothing, when another customer of the store has the document. */
export async function insertCustomer(
  { db, tenantId, actor }: TenantContext,
  { id, input, at }: { id: string; input: CustomerInput; at: Date },
): Promise<Customer | undefined> {
  const [row] = await db(TABLE)
    .insert({
      tenant_id: tenantId,
      id,
      ...toColumns(input),
      created_by: actor.id ?? null,
      created_at: at,
      updated_at: at,
    })
    .onConflict(['tenant_id', 'document'])
    .ignore()
    .returning(COLUMNS);
  return row && toCustomer(row as CustomerRow);
}

export async function findCustomer(ctx: TenantContext, id: string): Promise<Customer | undefined> {
  return one(ctx, { id });
}

export async function lockCustomer({ db, tenantId }: TenantContext, id: string): Promise<Customer | undefined> {
  const row = await db(TABLE).where({ tenant_id: tenantId, id }).forUpdate().first<CustomerRow>(COLUMNS);
  return row && toCustomer(row);
}

export async function findCustomerByDocument(ctx: TenantContext, document: string): Promise<Customer | undefined> {
  return one(ctx, { document });
}

/** The walk-in: the oldest active customer of this name that has no document. */
export async function findUndocumented({ db, tenantId }: TenantContext, name: string): Promise<Customer | undefined> {
  const row = await db(TABLE)
    .where({ tenant_id: tenantId, document: null, active: true, name_search: searchable(name) })
    .orderBy('id')
    .first<CustomerRow>(COLUMNS);
  return row && toCustomer(row);
}

export async function updateCustomer(
  { db, tenantId }: TenantContext,
  { id, version }: Customer,
  { input, active, at }: { input?: CustomerInput; active?: boolean; at: Date },
): Promise<Customer> {
  const [row] = await db(TABLE)
    .where({ tenant_id: tenantId, id })
    .update({
      ...(input && toColumns(input)),
      ...(active !== undefined && { active }),
      updated_at: at,
      version: version + 1,
    })
    .returning(COLUMNS);
  return toCustomer(row as CustomerRow);
}

async function one({ db, tenantId }: TenantContext, where: object): Promise<Customer | undefined> {
  const row = await db(TABLE)
    .where({ tenant_id: tenantId, ...where })
    .first<CustomerRow>(COLUMNS);
  return row && toCustomer(row);
}

function toColumns(input: CustomerInput) {
  const { streetNumber, ...sameName } = input;
  return { ...sameName, street_number: streetNumber, name_search: searchable(input.name) };
}

type CustomerRow = Omit<CustomerInput, 'kind' | 'streetNumber'> & {
  id: string;
  kind: CustomerKind;
  street_number: string | null;
  active: boolean;
  created_by: string | null;
  created_at: Date;
  updated_at: Date;
  version: number;
};

function toCustomer({ street_number, created_by, created_at, updated_at, ...sameName }: CustomerRow): Customer {
  return {
    ...sameName,
    streetNumber: street_number,
    createdBy: created_by,
    createdAt: created_at,
    updatedAt: updated_at,
  };
}
