import type { TenantContext } from '#platform/context.ts';

/** bigint comes from PostgreSQL as text, and a number is only ever shown, so it stays text. */
export async function incrementCounter({ db, tenantId }: TenantContext, docType: string): Promise<string> {
  const { rows } = await db.raw<{ rows: { last_number: string }[] }>(
    `insert into construction.document_counters as c (tenant_id, doc_type, last_number) values (?, ?, 1)
     on conflict (tenant_id, doc_type, period) do update set last_number = c.last_number + 1
     returning last_number`,
    [tenantId, docType],
  );
  return rows[0]!.last_number;
}
