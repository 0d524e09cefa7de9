import { openAlert, resolveAlert } from '#domain/alerts/index.ts';
import type { Context } from '#platform/context.ts';
import type { Certificate, ClockSkew, Figures } from './looks/facts.ts';
import {
  clockMove,
  daysLeft,
  diskMove,
  isCriticallyExpiring,
  isExpiring,
  nextToExpire,
  type AlertMove,
} from './policy.ts';

/** What an alert about a machine may be about; one alert at most is open for each. */
const SUBJECTS = ['host_key', 'unreachable', 'disk', 'clock', 'certificate'] as const;
type Subject = (typeof SUBJECTS)[number];

const keyOf = (dropletName: string, subject: Subject) => `droplet:${dropletName}:${subject}`;

/** The key of the alert that says a droplet shows another host key. */
export function hostKeyAlert(dropletName: string): string {
  return keyOf(dropletName, 'host_key');
}

export async function alertHostKey(tx: Context, name: string, detail: string): Promise<void> {
  const title = `${name} shows another host key than the pinned one`;
  await openAlert(tx, { key: hostKeyAlert(name), severity: 'critical', title, detail });
}

export async function alertUnreachable(tx: Context, name: string, detail: string): Promise<void> {
  const title = `${name} does not answer`;
  await openAlert(tx, { key: keyOf(name, 'unreachable'), severity: 'critical', title, detail });
}

/** The machine answered, with the key we know: it is there, and it is itself. */
export async function resolveAbsence(tx: Context, name: string): Promise<void> {
  for (const subject of ['host_key', 'unreachable'] as const) await resolveAlert(tx, keyOf(name, subject));
}

/** Ends every alert about a machine that is no longer ours, or no longer the same. */
export async function resolveAll(tx: Context, name: string): Promise<void> {
  for (const subject of SUBJECTS) await resolveAlert(tx, keyOf(name, subject));
}

/** Opens, renews or resolves what the figures of one look call for. */
export async function reviewFigures(
  tx: Context,
  name: string,
  { figures, skew }: { figures: Figures; skew: ClockSkew | undefined },
): Promise<void> {
  const used = Math.round((figures.diskUsed ?? 0) * 100);
  await move(tx, diskMove(figures.diskUsed), {
    key: keyOf(name, 'disk'),
    title: `The disk of ${name} is almost full`,
    detail: `${used} % is used. When it is full, nothing can be published to this machine and its logs stop.`,
  });
  const seconds = ((skew?.skewMs ?? 0) / 1000).toFixed(1);
  await move(tx, clockMove(skew), {
    key: keyOf(name, 'clock'),
    title: `The clock of ${name} is wrong`,
    detail: `It is ${seconds} s off ours. Tokens, certificates and logs go by it: see that its time service runs.`,
  });
}

/** The same for the certificates of an edge. None is no news: then there may be no TLS. */
export async function reviewCertificates(
  tx: Context,
  name: string,
  certificates: readonly Certificate[],
): Promise<void> {
  const soonest = nextToExpire(certificates);
  if (!soonest) return;
  const days = daysLeft(soonest.expiresAt, tx.clock.now());
  await move(tx, isExpiring(days) ? 'open' : 'close', {
    key: keyOf(name, 'certificate'),
    severity: isCriticallyExpiring(days) ? 'critical' : 'warning',
    title: days < 0 ? `A certificate of ${name} has expired` : `A certificate of ${name} expires in ${days} days`,
    detail: `${soonest.file} (${soonest.subject}) is valid until ${soonest.expiresAt.toISOString()}.`,
  });
}

type Wording = { key: string; severity?: 'warning' | 'critical'; title: string; detail: string };

async function move(tx: Context, what: AlertMove, alert: Wording): Promise<void> {
  if (what === 'open') await openAlert(tx, { severity: 'warning', ...alert });
  else if (what === 'close') await resolveAlert(tx, alert.key);
}
