import type { Db } from '#platform/db/index.ts';
import type { ConditionState } from './hysteresis.ts';
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

/** False while somebody else watches. */
export async function tryWatch(db: Db): Promise<boolean> {
  const { rows } = await db.raw<{ rows: [{ mine: boolean }] }>(
    `select pg_try_advisory_xact_lock(hashtextextended('platform.alert_conditions', 0)) as mine`,
  );
  return rows[0].mine;
}

export async function findConditions(db: Db): Promise<Map<string, ConditionState>> {
  const rows = await db<{ key: string; is_true: boolean; since: Date; seen_at: Date }>('platform.alert_conditions');
  return new Map(rows.map((row) => [row.key, { isTrue: row.is_true, since: row.since, seenAt: row.seen_at }]));
}

export async function saveCondition(db: Db, key: string, { isTrue, since, seenAt }: ConditionState): Promise<void> {
  await db('platform.alert_conditions')
    .insert({ key, is_true: isTrue, since, seen_at: seenAt })
    .onConflict('key')
    .merge(['is_true', 'since', 'seen_at']);
}

/** Returns the alert's key, or undefined when no such alert is open. */
export async function acknowledge(
  db: Db,
  id: string,
  { by, note, at }: { by: string; note: string; at: Date },
): Promise<string | undefined> {
  const rows = await db('platform.alerts')
    .where({ id })
    .whereNull('resolved_at')
    .update({ acknowledged_at: at, acknowledged_by: by, note })
    .returning<{ key: string }[]>('key');
  return rows[0]?.key;
}
