import type { Actor } from '#platform/context.ts';
import type { Db } from '#platform/db/index.ts';
import type { StoreAuditEntry } from './record.ts';

type AuditInsert = {
  id: string;
  tenantId: string;
  at: Date;
  actor: Actor;
  requestId: string;
  entry: StoreAuditEntry;
};

export async function insertAuditRow(db: Db, row: AuditInsert): Promise<void> {
  const { actor, entry } = row;
  await db('construction.audit_log').insert({
    tenant_id: row.tenantId,
    id: row.id,
    at: row.at,
    actor_kind: actor.kind,
    actor_id: actor.id ?? null,
    actor_label: actor.label,
    action: entry.action,
    entity: entry.entity,
    entity_id: entry.entityId,
    before: entry.before ? JSON.stringify(entry.before) : null,
    after: entry.after ? JSON.stringify(entry.after) : null,
    ip: actor.ip ?? null,
    request_id: row.requestId,
  });
}
