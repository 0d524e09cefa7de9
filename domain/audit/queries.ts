import type { Actor } from '#platform/context.ts';
import type { Db } from '#platform/db/index.ts';
import type { AuditEntry } from './record.ts';

type AuditInsert = { id: string; at: Date; actor: Actor; requestId: string; entry: AuditEntry };

/** A statement of more rows would have more values than PostgreSQL takes. */
const ROWS_AT_ONCE = 1000;

export async function insertAuditRows(db: Db, inserts: readonly AuditInsert[]): Promise<void> {
  for (let from = 0; from < inserts.length; from += ROWS_AT_ONCE)
    await db('platform.audit_log').insert(inserts.slice(from, from + ROWS_AT_ONCE).map(toRow));
}

function toRow({ id, at, actor, requestId, entry }: AuditInsert) {
  return {
    id,
    at,
    actor_kind: actor.kind,
    actor_id: actor.id ?? null,
    actor_label: actor.label,
    action: entry.action,
    subject_type: entry.subject.type,
    subject_id: entry.subject.id,
    subject_label: entry.subject.label,
    tenant_id: entry.tenantId ?? null,
    before: entry.before ? JSON.stringify(entry.before) : null,
    after: entry.after ? JSON.stringify(entry.after) : null,
    ip: actor.ip ?? null,
    request_id: requestId,
  };
}
