import type { Actor, Context } from '#platform/context.ts';
import { containing, escapeLike } from '#platform/db/index.ts';
import type { Keyset } from '#platform/http/cursor.ts';

/** One thing that was done, as it was written then: nobody can change it since. */
export type AuditRecord = {
  id: string;
  at: Date;
  actor: { kind: Actor['kind']; id: string | undefined; label: string };
  action: string;
  subject: { type: string; id: string; label: string };
  tenantId: string | undefined;
  before: Record<string, unknown> | undefined;
  after: Record<string, unknown> | undefined;
  ip: string | undefined;
  requestId: string;
};

type AuditFilter = {
  /** Part of the name of who did it. */
  who?: string | undefined;
  /** An action (`tenant.suspended`), or all that are done to one kind of thing (`tenant`). */
  action?: string | undefined;
  tenantId?: string | undefined;
  /** From this instant on, and before that one. */
  from?: Date | undefined;
  to?: Date | undefined;
  limit: number;
  /** {@link auditKey} of the last row shown. */
  after?: Keyset | undefined;
};

type AuditRow = {
  id: string;
  at: Date;
  actor_kind: Actor['kind'];
  actor_id: string | null;
  actor_label: string;
  action: string;
  subject_type: string;
  subject_id: string;
  subject_label: string;
  tenant_id: string | null;
  before: Record<string, unknown> | null;
  after: Record<string, unknown> | null;
  ip: string | null;
  request_id: string;
};

/** What was done, newest first: up to `limit + 1`, so that the caller sees whether there is more. */
export async function listAudit(ctx: Context, filter: AuditFilter): Promise<AuditRecord[]> {
  const query = ctx.db<AuditRow>('platform.audit_log').orderBy([
    { column: 'at', order: 'desc' },
    { column: 'id', order: 'desc' },
  ]);
  if (filter.who) void query.whereRaw(`actor_label ilike ?`, [containing(filter.who)]);
  if (filter.action)
    void query.whereRaw(`(action = ? or action like ?)`, [filter.action, `${escapeLike(filter.action)}.%`]);
  if (filter.tenantId) void query.where('tenant_id', filter.tenantId);
  if (filter.from) void query.where('at', '>=', filter.from);
  if (filter.to) void query.where('at', '<', filter.to);
  if (filter.after) void query.whereRaw('(at, id) < (?::timestamptz, ?::uuid)', [filter.after[0]!, filter.after[1]!]);
  const rows = await query.limit(filter.limit + 1);
  return rows.map(toRecord);
}

/** The place of a record in {@link listAudit}, for a cursor. */
export function auditKey(record: AuditRecord): Keyset {
  return [record.at.toISOString(), record.id];
}

function toRecord(row: AuditRow): AuditRecord {
  return {
    id: row.id,
    at: row.at,
    actor: { kind: row.actor_kind, id: row.actor_id ?? undefined, label: row.actor_label },
    action: row.action,
    subject: { type: row.subject_type, id: row.subject_id, label: row.subject_label },
    tenantId: row.tenant_id ?? undefined,
    before: row.before ?? undefined,
    after: row.after ?? undefined,
    ip: row.ip ?? undefined,
    requestId: row.request_id,
  };
}
