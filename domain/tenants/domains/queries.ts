import type { Db } from '#platform/db/index.ts';
import type { Domain } from './types.ts';

export type DomainRow = {
  tenant_id: string;
  host: string;
  status: Domain['status'];
  token: string;
  added_by: string;
  created_at: Date;
  checked_at: Date | null;
  check_error: string | null;
  verified_at: Date | null;
  verified_by: 'dns' | 'http' | null;
  served_at: Date | null;
};

type DomainInsert = Pick<Domain, 'tenantId' | 'host' | 'token' | 'addedBy'> & { at: Date };

/** False when the host is a store's already, this one's included. Of many at once exactly one wins. */
export async function insertDomain(db: Db, domain: DomainInsert): Promise<boolean> {
  const rows = await db('platform.domains')
    .insert({
      tenant_id: domain.tenantId,
      host: domain.host,
      status: 'pending',
      token: domain.token,
      added_by: domain.addedBy,
      created_at: domain.at,
    })
    .onConflict('host')
    .ignore()
    .returning<{ host: string }[]>('host');
  return rows.length === 1;
}

/** The domain, locked until the transaction ends. */
export async function lockDomain(db: Db, host: string): Promise<Domain | undefined> {
  const row = await db<DomainRow>('platform.domains').where({ host }).forUpdate().first();
  return row && toDomain(row);
}

type Check = { at: Date } & ({ by: 'dns' | 'http' } | { problem: string });

/** Writes what a look for the proof found. A domain that was proven once stays it. */
export async function updateDomainCheck(db: Db, { tenantId, host }: Domain, check: Check): Promise<Domain> {
  const [row] = await db<DomainRow>('platform.domains')
    .where({ tenant_id: tenantId, host })
    .update(
      'by' in check
        ? {
            checked_at: check.at,
            check_error: null,
            status: 'verified',
            verified_at: db.raw('coalesce(verified_at, ?)', [check.at]),
            verified_by: check.by,
          }
        : { checked_at: check.at, check_error: check.problem },
    )
    .returning('*');
  return toDomain(row!);
}

export async function updateDomainServed(db: Db, { tenantId, host }: Domain, at: Date | null): Promise<void> {
  await db('platform.domains').where({ tenant_id: tenantId, host }).update({ served_at: at });
}

export async function deleteDomain(db: Db, { tenantId, host }: Domain): Promise<void> {
  await db('platform.domains').where({ tenant_id: tenantId, host }).delete();
}

export function toDomain(row: DomainRow): Domain {
  return {
    host: row.host,
    tenantId: row.tenant_id,
    status: row.status,
    token: row.token,
    addedBy: row.added_by,
    createdAt: row.created_at,
    checkedAt: row.checked_at ?? undefined,
    checkError: row.check_error ?? undefined,
    verifiedAt: row.verified_at ?? undefined,
    verifiedBy: row.verified_by ?? undefined,
    servedAt: row.served_at ?? undefined,
  };
}
