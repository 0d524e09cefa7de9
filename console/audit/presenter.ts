import type { AuditRecord } from '#domain/audit/index.ts';

export type Change = { name: string; before: string | undefined; after: string | undefined };

/** One line of the audit page: who did what to what, and which values changed. */
export function toLine(record: AuditRecord) {
  return {
    id: record.id,
    at: record.at,
    who: record.actor.label,
    isOperator: record.actor.kind === 'operator',
    ip: record.ip,
    action: record.action,
    subject: record.subject.label,
    subjectHref: hrefOf(record),
    changes: changesOf(record),
    requestId: record.requestId,
  };
}

/** Values that are the same before and after are no news. */
function changesOf({ before = {}, after = {} }: AuditRecord): Change[] {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  return names
    .map((name) => ({ name, before: show(before[name]), after: show(after[name]) }))
    .filter((change) => change.before !== change.after);
}

function show(value: unknown): string | undefined {
  if (value === undefined || value === null) return undefined;
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function hrefOf({ subject, tenantId }: AuditRecord): string | undefined {
  if (subject.type === 'tenant' && tenantId) return `/tenants/${encodeURIComponent(tenantId)}`;
  return subject.type === 'job' ? `/jobs/${encodeURIComponent(subject.id)}` : undefined;
}
