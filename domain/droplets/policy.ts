import type { Certificate, ClockSkew, Figures } from './looks/facts.ts';
import type { Droplet, DropletStatus } from './types.ts';

/** Below this two failures are one: a burst of verbs during a short break must not count as a machine that is away. */
const FAILURES_APART_MS = 20_000;
const FAILURES_TO_BE_AWAY = 2;

export type Health = { status: DropletStatus; failures: number; failedAt: Date | undefined };

/** What one more verb without an answer makes of a machine's health. A changed host key counts at once. */
export function afterFailure(before: Health, { at, isKeyChange }: { at: Date; isKeyChange: boolean }): Health {
  const counts = !before.failedAt || at.getTime() - before.failedAt.getTime() >= FAILURES_APART_MS;
  const failures = before.failures + (counts ? 1 : 0);
  const failedAt = counts ? at : before.failedAt;
  if (isKeyChange) return { status: 'host_key_changed', failures, failedAt };
  // Not being reached says nothing about the key: it stays what it was found to be.
  const isAway = failures >= FAILURES_TO_BE_AWAY && before.status !== 'host_key_changed';
  return { status: isAway ? 'unreachable' : before.status, failures, failedAt };
}

/** What a machine may be warned about: the alert opens above `openAt` and closes below `closeAt`; in between it stays. */
const DISK = { openAt: 0.9, closeAt: 0.88 };
const SKEW_MS = { openAt: 5000, closeAt: 3000 };
const CERTIFICATE_DAYS = 14;
const CERTIFICATE_CRITICAL_DAYS = 3;
const DAY_MS = 86_400_000;

/** Open it (again), close it, or leave it as it is. */
export type AlertMove = 'open' | 'close' | 'leave';

export function diskMove(diskUsed: number | undefined): AlertMove {
  if (diskUsed === undefined) return 'leave';
  if (diskUsed > DISK.openAt) return 'open';
  return diskUsed < DISK.closeAt ? 'close' : 'leave';
}

/** Opens only when the clock is off beyond any doubt that the way of asking leaves. */
export function clockMove(skew: ClockSkew | undefined): AlertMove {
  if (!skew) return 'leave';
  const offMs = Math.abs(skew.skewMs);
  if (offMs - skew.uncertaintyMs > SKEW_MS.openAt) return 'open';
  return offMs < SKEW_MS.closeAt ? 'close' : 'leave';
}

/** The certificate that ends first. */
export function nextToExpire(certificates: readonly Certificate[]): Certificate | undefined {
  return certificates.toSorted((a, b) => a.expiresAt.getTime() - b.expiresAt.getTime())[0];
}

/** Whole days left; negative once it has expired. */
export function daysLeft(expiresAt: Date, now: Date): number {
  return Math.floor((expiresAt.getTime() - now.getTime()) / DAY_MS);
}

export function isExpiring(days: number): boolean {
  return days < CERTIFICATE_DAYS;
}

export function isCriticallyExpiring(days: number): boolean {
  return days < CERTIFICATE_CRITICAL_DAYS;
}

/** What was seen of a machine, for a verdict; undefined is unknown. */
type Seen = {
  figures: Figures | undefined;
  asOf: Date | undefined;
  skew: ClockSkew | undefined;
  certificates: readonly Certificate[] | undefined;
  shellRefused: boolean | undefined;
};

const REASONS = [
  'host_key_changed',
  'unreachable',
  'nginx_stopped',
  'shell_open',
  'certificate_expired',
  'never_looked_at',
  'not_looked_at',
  'no_answer_once',
  'certificate_expiring',
  'disk_full',
  'clock_off',
] as const;
export type DropletReason = (typeof REASONS)[number];

export type DropletVerdict = {
  word: 'ok' | 'warn' | 'stopped' | 'failed' | 'unknown';
  /** The gravest first; none when all is well. */
  reasons: DropletReason[];
};

/** Three looks at a machine without news: whatever was seen before is not news of now. */
const LOOKS_STALE_MS = 100_000;

const WORDS: Record<DropletReason, DropletVerdict['word']> = {
  host_key_changed: 'failed',
  unreachable: 'stopped',
  nginx_stopped: 'failed',
  shell_open: 'failed',
  certificate_expired: 'failed',
  never_looked_at: 'unknown',
  not_looked_at: 'unknown',
  no_answer_once: 'warn',
  certificate_expiring: 'warn',
  disk_full: 'warn',
  clock_off: 'warn',
};

/** Is the machine well? In one word, with what stands against it. */
export function judgeDroplet(droplet: Droplet, seen: Seen, now: Date): DropletVerdict {
  const soonest = nextToExpire(seen.certificates ?? []);
  const days = soonest && daysLeft(soonest.expiresAt, now);
  const isStale = seen.asOf !== undefined && now.getTime() - seen.asOf.getTime() > LOOKS_STALE_MS;
  const figures = isStale ? undefined : seen.figures;
  const isAnswering = droplet.status === 'reachable' || droplet.status === 'enrolled';
  const holds: Record<DropletReason, boolean> = {
    host_key_changed: droplet.status === 'host_key_changed',
    unreachable: droplet.status === 'unreachable',
    nginx_stopped: droplet.role === 'edge' && figures?.nginx === 'stopped',
    shell_open: seen.shellRefused === false,
    certificate_expired: days !== undefined && days < 0,
    never_looked_at: seen.asOf === undefined && isAnswering,
    not_looked_at: isStale && isAnswering && droplet.failures === 0,
    no_answer_once: isAnswering && droplet.failures > 0,
    certificate_expiring: days !== undefined && days >= 0 && isExpiring(days),
    disk_full: diskMove(figures?.diskUsed) === 'open',
    clock_off: !isStale && clockMove(seen.skew) === 'open',
  };
  const reasons = REASONS.filter((reason) => holds[reason]);
  return { word: reasons[0] === undefined ? 'ok' : WORDS[reasons[0]], reasons };
}
