import type { TenantContext } from '#platform/context.ts';
import { newId } from '#platform/ids.ts';
import { insertAuditRow } from './queries.ts';

/** What was done to what in a store. `action` is `<entity>.<past participle>`, like `quote.sent`. */
export type StoreAuditEntry = {
  action: string;
  entity: string;
  entityId: string;
  /** Only what changed; never a password, a hash or a token. */
  before?: Record<string, unknown>;
  after?: Record<string, unknown>;
};

/**
 * Writes to the store's own audit log who did it and what changed, on the caller's transaction: neither a change without
 * its row nor a row without its change can exist. Throws outside a transaction.
 */
export async function recordStoreAudit(tx: TenantContext, entry: StoreAuditEntry): Promise<void> {
  if (!tx.db.isTransaction) throw new TypeError(`${entry.action} must be audited inside withTenant`);
  await insertAuditRow(tx.db, {
    id: newId(),
    tenantId: tx.tenantId,
    at: tx.clock.now(),
    actor: tx.actor,
    requestId: tx.requestId,
    entry,
  });
}
