import type { Connection, DropletReason, InventoryLine } from '#domain/droplets/index.ts';
import { daysLeft, nextToExpire } from '#domain/droplets/index.ts';
import type { Translate } from '#platform/http/i18n.ts';
import { certificateFigure, clockFigure, measuresOf, type Figure, type Words } from './figures.ts';

type StatusWord = 'ok' | 'warn' | 'stopped' | 'failed' | 'paused' | 'running' | 'unknown';

type ConnectionView = {
  word: StatusWord;
  label: string;
  /** Why it is as it is, where that needs saying. */
  reason: string | undefined;
  load: string | undefined;
  instance: string | undefined;
  asOf: Date | undefined;
};

/** The ops worker tells of its connections every 5 s: six times without news, and it is away. */
const SILENT_AFTER_MS = 30_000;

/** A machine as the inventory shows it. */
export function toLine(line: InventoryLine, words: Words) {
  const { droplet, verdict, facts, connections } = line;
  const { id, name, role, lastSeenAt, username, host, port } = droplet;
  return {
    id,
    name,
    role,
    lastSeenAt,
    href: `/droplets/${name}`,
    address: `${username}@${host}:${port}`,
    word: verdict.word,
    label: words.t(`droplets:word_${verdict.reasons[0] ?? 'ok'}`),
    reasons: verdict.reasons.map((reason) => reasonText(reason, line, words)),
    proof: facts.status && words.t('droplets:proof', { ms: facts.status.roundTripMs }),
    asOf: facts.status?.asOf,
    measures: measuresOf(line, words) as readonly Figure[],
    clock: clockFigure(line, words),
    certificate: certificateFigure(line, words),
    connection: toConnection(connections[0], words),
  };
}

/** Why the verdict is what it is, in the reader's words; the machine's own where it said some. */
function reasonText(reason: DropletReason, { droplet, facts }: InventoryLine, { t, now }: Words): string {
  const soonest = facts.certificates?.known ? nextToExpire(facts.certificates.value) : undefined;
  return t(`droplets:reason_${reason}`, {
    error: droplet.lastError ?? '',
    percent: Math.round((facts.status?.figures.diskUsed ?? 0) * 100),
    seconds: Math.round(Math.abs(facts.status?.skew?.skewMs ?? 0) / 1000),
    days: soonest ? daysLeft(soonest.expiresAt, now) : 0,
    answer: facts.shell?.answer ?? '',
  });
}

const CONNECTION_WORDS: Record<Connection['state'], StatusWord> = {
  open: 'ok',
  connecting: 'running',
  idle: 'paused',
  failing: 'warn',
  resting: 'stopped',
};

/** The console holds no connection to a machine: it tells what the ops worker said of its own, and since when. */
export function toConnection(connection: Connection | undefined, { t, now }: Words): ConnectionView {
  if (!connection)
    return { word: 'unknown', label: t('droplets:connection_untold'), ...NOTHING, reason: t('droplets:no_ops_worker') };
  const { state, error, instance, asOf } = connection;
  const told = { instance, asOf, load: loadOf(connection, t) };
  if (now.getTime() - asOf.getTime() > SILENT_AFTER_MS)
    return {
      word: 'unknown',
      label: t('droplets:connection_untold'),
      ...told,
      reason: t('droplets:ops_worker_silent'),
    };
  const retry = connection.retryAt && secondsUntil(connection.retryAt, now);
  const rest = retry === undefined ? '' : ` ${t('droplets:next_try', { count: retry })}`;
  return {
    word: error?.code === 'ssh_host_key_changed' ? 'failed' : CONNECTION_WORDS[state],
    label: t(`droplets:connection_${state}`),
    ...told,
    reason: error && `${error.message}${rest}`,
  };
}

const NOTHING = { reason: undefined, load: undefined, instance: undefined, asOf: undefined };

function loadOf({ running, waiting }: Connection, t: Translate): string | undefined {
  if (running === 0 && waiting === 0) return undefined;
  return t('droplets:channels', { running, waiting });
}

function secondsUntil(at: Date, now: Date): number {
  return Math.max(0, Math.ceil((at.getTime() - now.getTime()) / 1000));
}
