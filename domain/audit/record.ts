import type { Context } from '#platform/context.ts';
import { newId } from '#platform/ids.ts';
import { insertAuditRows } from './queries.ts';

/** What was done to what. `action` is `<subject>.<past participle>`, like `tenant.suspended`. */
export type AuditEntry = {
  action: string;
  subject: { type: string; id: string; label: string };
  tenantId?: string;
  before?: Record<string, unknown>;
  after?: Record<string, unknown>;
};

const SECRET_KEY = /password|secret|token|hash|private_?key/i;

/**
 * Writes who did it, from where, and what changed, on the caller's transaction: a change without its audit row, or a row
 * without its change, cannot exist. Values under keys that name a secret are masked. Throws outside a transaction.
 */
export async function recordAudit(tx: Context, entry: AuditEntry): Promise<void> {
  await recordAudits(tx, [entry]);
}

/** The same for many changes of one transaction. */
export async function recordAudits(tx: Context, entries: readonly AuditEntry[]): Promise<void> {
  if (!tx.db.isTransaction) throw new TypeError(`${entries[0]?.action} must be audited inside withTransaction`);
  const { actor, requestId } = tx;
  const at = tx.clock.now();
  await insertAuditRows(
    tx.db,
    entries.map((entry) => ({ id: newId(), at, actor, requestId, entry: masked(entry) })),
  );
}

function masked(entry: AuditEntry): AuditEntry {
  return {
    ...entry,
    ...(entry.before && { before: mask(entry.before) }),
    ...(entry.after && { after: mask(entry.after) }),
  };
}

function mask(values: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(values).map(([key, value]) => [key, SECRET_KEY.test(key) ? '[secret]' : maskNested(value)]),
  );
}

function maskNested(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(maskNested);
  if (value === null || typeof value !== 'object' || value instanceof Date) return value;
  return mask(value as Record<string, unknown>);
}
