import type { Db } from '#platform/db/index.ts';
import type { AlertInput } from './service.ts';

export async function upsertAlert(
  db: Db,
  { id, at, input }: { id: string; at: Date; input: AlertInput },
): Promise<void> {
  await db.raw(
    `insert into platform.alerts (id, key, severity, title, detail, tenant_id, opened_at, last_seen_at)
     values (:id, :key, :severity, :title, :detail, :tenantId, :at, :at)
     on conflict (key) where resolved_at is null
     do update set severity = excluded.severity, title = excluded.title, detail = excluded.detail,
                   last_seen_at = excluded.last_seen_at`,
    { ...input, id, at, tenantId: input.tenantId ?? null },
  );
}

export async function closeAlerts(db: Db, keys: readonly string[], at: Date): Promise<boolean> {
  const { rowCount } = await db.raw<{ rowCount: number }>(
    'update platform.alerts set resolved_at = :at where resolved_at is null and key = any(:keys::text[])',
    { at, keys: [...keys] },
  );
  return rowCount > 0;
}
