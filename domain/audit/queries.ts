import type { Actor } from '#platform/context.ts';
import type { Db } from '#platform/db/index.ts';
import type { AuditEntry } from './record.ts';

type AuditInsert = { id: string; at: Date; actor: Actor; requestId: string; entry: AuditEntry };

export async function insertAuditRow(db: Db, { id, at, actor, requestId, entry }: AuditInsert): Promise<void> {
  await db('platform.audit_log').insert({
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
  });
}
