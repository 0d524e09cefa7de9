import type { AuditRecord } from '#domain/audit/index.ts';
import type { Translate } from '#platform/http/i18n.ts';
import { actorName } from '#console/actors.ts';

type Change = { name: string; before: string | undefined; after: string | undefined };

/** One line of the audit page: who did what to what, and which values changed. */
export function toLine(record: AuditRecord, t: Translate) {
  return {
    id: record.id,
    at: record.at,
    who: actorName(record.actor.label, t),
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
function changesOf(record: AuditRecord): Change[] {
  const before = flat(record.before ?? {});
  const after = flat(record.after ?? {});
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  return names
    .map((name) => ({ name, before: show(before[name]), after: show(after[name]) }))
    .filter((change) => change.before !== change.after);
}

/** `{admin: {name}}` as `admin.name`, so that people read names and values instead of JSON. */
function flat(values: Record<string, unknown>, prefix = ''): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(values).flatMap(([name, value]) =>
      value !== null && typeof value === 'object' && !Array.isArray(value)
        ? Object.entries(flat(value as Record<string, unknown>, `${prefix}${name}.`))
        : [[`${prefix}${name}`, value]],
    ),
  );
}

function show(value: unknown): string | undefined {
  if (value === undefined || value === null) return undefined;
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function hrefOf({ subject, tenantId }: AuditRecord): string | undefined {
  if (subject.type === 'tenant' && tenantId) return `/tenants/${encodeURIComponent(tenantId)}`;
  return subject.type === 'job' ? `/jobs/${encodeURIComponent(subject.id)}` : undefined;
}
