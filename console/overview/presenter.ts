import type { Alert } from '#domain/alerts/index.ts';
import type { AuditRecord } from '#domain/audit/index.ts';
import type { Overview, Reading, Trouble, Verdict } from '#domain/overview/index.ts';
import type { Translate } from '#platform/http/i18n.ts';
import { actorName } from '#console/actors.ts';
import { dropletTile, edgeTile, jobTile, streamTile, tenantTile, workerTile, type TileContent } from './tiles.ts';

type Tile = TileContent & { id: string; title: string; href: string; asOf: Date; reason: string | undefined };

/** Which page mends a trouble. */
const PAGE_OF: Record<Trouble, string> = {
  critical_alerts: '#alerts',
  streams_stopped: '/streams',
  ops_silent: '#tile-workers',
  droplets_away: '/droplets',
  edge_failing: '/edge/stores?show=failing',
  streams_late: '/streams',
  tenants_failed: '/tenants?status=failed',
  jobs_failed: '/jobs?status=failed',
  warnings: '#alerts',
  unreadable: '#tiles',
};

/** One sentence: the worst that is wrong and how much else is; one link to where it can be mended. */
export function toVerdictLine({ status, troubles }: Verdict, alerts: Reading<Alert[]>, t: Translate) {
  const [worst, ...others] = troubles;
  if (!worst) return { status, sentence: t('overview:all_well'), others: undefined, href: undefined };
  return {
    status,
    sentence: sentenceOf(worst, alerts, t),
    others:
      others.length === 0
        ? undefined
        : others.map(({ kind, count }) => t(`overview:trouble_${kind}`, { count })).join(' '),
    href: PAGE_OF[worst.kind],
  };
}

/** A single critical alert says itself what is wrong. Critical ones are listed first. */
function sentenceOf({ kind, count }: Verdict['troubles'][number], alerts: Reading<Alert[]>, t: Translate): string {
  const [first] = alerts.known ? alerts.value : [];
  if (kind === 'critical_alerts' && count === 1 && first) return `${first.title}.`;
  return t(`overview:trouble_${kind}`, { count });
}

export function toTiles(overview: Overview, t: Translate): Tile[] {
  const tile = <T>(id: string, href: string, reading: Reading<T>, draw: (value: T) => TileContent): Tile => ({
    id: `tile-${id}`,
    title: t(`overview:${id}`),
    href,
    asOf: reading.asOf,
    reason: reading.known ? undefined : t('overview:unread', { reason: reading.reason }),
    ...(reading.known ? draw(reading.value) : { status: 'unknown', headline: '–', facts: [] }),
  });
  return [
    tile('tenants', '/tenants', overview.tenants, (counts) => tenantTile(counts, t)),
    tile('edge', '/edge', overview.edges, (edges) => edgeTile(edges, t)),
    tile('streams', '/streams', overview.streams, (reports) => streamTile(reports, t)),
    tile('workers', '/streams', both(overview.streams, overview.opsWorker), ([reports, ops]) =>
      workerTile(reports, ops, t),
    ),
    tile('droplets', '/droplets', overview.droplets, (droplets) => dropletTile(droplets, t)),
    tile('jobs', '/jobs', overview.jobs, (counts) => jobTile(counts, t)),
  ];
}

/** Known when both are, as of the older one. */
function both<A, B>(a: Reading<A>, b: Reading<B>): Reading<[A, B]> {
  if (!a.known) return a;
  if (!b.known) return b;
  return { known: true, value: [a.value, b.value], asOf: a.asOf < b.asOf ? a.asOf : b.asOf };
}

/** On a platform without stores there is one thing to do. */
export function hasNoStore({ tenants }: Overview): boolean {
  return tenants.known && Object.values(tenants.value).every((count) => count === 0);
}

export function toActivityLines(activity: readonly AuditRecord[], t: Translate) {
  return activity.map(({ id, at, actor, action, subject }) => ({
    id,
    at,
    who: actorName(actor.label, t),
    action,
    subject: subject.label,
  }));
}

export function toAlertLines(alerts: readonly Alert[]) {
  return alerts.map(({ id, key, severity, title, detail, tenantId, openedAt }) => ({
    id,
    status: severity === 'critical' ? ('failed' as const) : ('warn' as const),
    severity,
    title,
    detail,
    link: linkOf(key, tenantId),
    openedAt,
  }));
}

/** Where an alert can be settled, and the word for it; an alert's key names what it is about. */
function linkOf(key: string, tenantId: string | undefined): { href: string; word: string } | undefined {
  const edge = /^edge:([a-z0-9-]+):drift$/.exec(key)?.[1];
  if (edge !== undefined) return { href: `/edge/${edge}/drift`, word: 'drift_link' };
  return tenantId === undefined ? undefined : { href: `/tenants/${tenantId}`, word: 'store' };
}
