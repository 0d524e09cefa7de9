import type { TenantContext } from '#platform/context.ts';
import type { Answer } from './service.ts';

const TABLE = 'construction.idempotency_keys';

type Claim = { key: string; route: string; userId: string; requestHash: string; now: Date; expiresAt: Date };

/** True for the first to claim the key. Another who claims it at the same time waits until this transaction ends. */
export async function claimKey({ db, tenantId }: TenantContext, claim: Claim): Promise<boolean> {
  const rows = await db(TABLE)
    .insert({
      tenant_id: tenantId,
      key: claim.key,
      user_id: claim.userId,
      route: claim.route,
      request_hash: claim.requestHash,
      created_at: claim.now,
      expires_at: claim.expiresAt,
    })
    .onConflict(['tenant_id', 'key'])
    .ignore()
    .returning('key');
  return rows.length > 0;
}

export async function findAnswer(
  { db, tenantId }: TenantContext,
  key: string,
): Promise<{ requestHash: string; answer: Answer } | undefined> {
  const row = await db(TABLE)
    .where({ tenant_id: tenantId, key })
    .first<{ request_hash: string; status_code: number; response: unknown } | undefined>();
  return row && { requestHash: row.request_hash, answer: { status: row.status_code, body: row.response } };
}

export async function saveAnswer({ db, tenantId }: TenantContext, key: string, answer: Answer): Promise<void> {
  await db(TABLE)
    .where({ tenant_id: tenantId, key })
    .update({ status_code: answer.status, response: JSON.stringify(answer.body) });
}

export async function deleteExpiredKeys({ db, tenantId }: TenantContext, now: Date): Promise<void> {
  await db(TABLE).where({ tenant_id: tenantId }).where('expires_at', '<=', now).delete();
}
