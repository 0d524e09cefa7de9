import type { Context } from '#platform/context.ts';

export type Alert = {
  id: string;
  key: string;
  severity: 'warning' | 'critical';
  title: string;
  detail: string;
  tenantId: string | undefined;
  openedAt: Date;
  lastSeenAt: Date;
};

type AlertRow = {
  id: string;
  key: string;
  severity: Alert['severity'];
  title: string;
  detail: string;
  tenant_id: string | null;
  opened_at: Date;
  last_seen_at: Date;
  resolved_at: Date | null;
};

/** What is wrong now: critical ones first, then the newest. */
export async function listOpenAlerts(ctx: Context): Promise<Alert[]> {
  const rows = await ctx
    .db<AlertRow>('platform.alerts')
    .whereNull('resolved_at')
    .orderBy([
      // 'critical' sorts before 'warning'.
      { column: 'severity' },
      { column: 'opened_at', order: 'desc' },
    ]);
  return rows.map((row) => ({
    id: row.id,
    key: row.key,
    severity: row.severity,
    title: row.title,
    detail: row.detail,
    tenantId: row.tenant_id ?? undefined,
    openedAt: row.opened_at,
    lastSeenAt: row.last_seen_at,
  }));
}
