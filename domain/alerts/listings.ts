import type { Context } from '#platform/context.ts';
import type { Channel, Transition } from './notice-queries.ts';

export type Alert = {
  id: string;
  key: string;
  severity: 'warning' | 'critical';
  title: string;
  detail: string;
  tenantId: string | undefined;
  openedAt: Date;
  lastSeenAt: Date;
  resolvedAt: Date | undefined;
  /** Who looks after it. */
  acknowledged: { by: string; at: Date; note: string } | undefined;
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
  acknowledged_at: Date | null;
  acknowledged_by: string | null;
  note: string | null;
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
  return rows.map(toAlert);
}

/** The alerts that are over, the latest first. */
export async function listEndedAlerts(ctx: Context, limit: number): Promise<Alert[]> {
  const rows = await ctx
    .db<AlertRow>('platform.alerts')
    .whereNotNull('resolved_at')
    .orderBy('resolved_at', 'desc')
    .limit(limit);
  return rows.map(toAlert);
}

function toAlert(row: AlertRow): Alert {
  const { id, key, severity, title, detail, acknowledged_at: at } = row;
  return {
    id,
    key,
    severity,
    title,
    detail,
    tenantId: row.tenant_id ?? undefined,
    openedAt: row.opened_at,
    lastSeenAt: row.last_seen_at,
    resolvedAt: row.resolved_at ?? undefined,
    acknowledged: at === null ? undefined : { by: row.acknowledged_by ?? '', at, note: row.note ?? '' },
  };
}

/** What was told, or is to be, on one way out. `title` is undefined for a test. */
export type ToldDelivery = {
  transition: Transition;
  title: string | undefined;
  channel: Channel;
  state: 'pending' | 'sent' | 'muted' | 'failed';
  attempts: number;
  lastError: string | undefined;
  createdAt: Date;
};

type ToldRow = Pick<ToldDelivery, 'transition' | 'channel' | 'state' | 'attempts'> & {
  title: string | null;
  last_error: string | null;
  created_at: Date;
};

/** What was told to whom, the latest first. */
export async function listDeliveries(ctx: Context, limit: number): Promise<ToldDelivery[]> {
  const rows = await ctx
    .db('platform.alert_deliveries as d')
    .join('platform.alert_notices as n', 'n.id', 'd.notice_id')
    .leftJoin('platform.alerts as a', 'a.id', 'n.alert_id')
    .orderBy('n.created_at', 'desc')
    .limit(limit)
    .select<ToldRow[]>('n.transition', 'a.title', 'd.channel', 'd.state', 'd.attempts', 'd.last_error', 'n.created_at');
  return rows.map(({ title, last_error, created_at, ...sameName }) => ({
    ...sameName,
    title: title ?? undefined,
    lastError: last_error ?? undefined,
    createdAt: created_at,
  }));
}
