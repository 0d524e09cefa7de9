import type { Alert, Mute, ToldDelivery } from '#domain/alerts/index.ts';
import type { Translate } from '#platform/http/i18n.ts';

/** Alerts as the page shows them, each with the place where it can be settled. */
export function toAlertRows(alerts: readonly Alert[], mutes: readonly Mute[]) {
  return alerts.map((alert) => ({
    ...alert,
    status: alert.severity === 'critical' ? ('failed' as const) : ('warn' as const),
    mutedUntil: mutes.findLast(({ key }) => key === alert.key)?.expiresAt,
    href: placeOf(alert),
  }));
}

/** An alert's key names what it is about. */
function placeOf({ key, tenantId }: Alert): string | undefined {
  if (key.endsWith(':dead_letters')) return '/streams/dead-letters';
  if (/^(stream|redis|postgres|events):/.test(key)) return '/streams';
  const [, kind, name] = /^(edge|droplet):([a-z0-9-]+)/.exec(key) ?? [];
  if (kind === 'edge') return key.endsWith(':drift') ? `/edge/${name}/drift` : '/edge';
  if (kind === 'droplet') return `/droplets/${name}`;
  return tenantId === undefined ? undefined : `/tenants/${tenantId}`;
}

const TONES = { sent: 'ok', pending: 'warn', muted: 'unknown', failed: 'failed' } as const;

export function toDeliveryRows(deliveries: readonly ToldDelivery[], t: Translate) {
  return deliveries.map((delivery) => ({
    ...delivery,
    status: TONES[delivery.state],
    label: t(`alerts:state_${delivery.state}`),
    what: `${t(`alerts:transition_${delivery.transition}`)}${delivery.title ? `: ${delivery.title}` : ''}`,
  }));
}
