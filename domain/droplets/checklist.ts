import type { DropletReport } from './inventory.ts';
import { clockMove } from './policy.ts';

/** What the agent of this repository says of itself (ops/agent). */
const CURRENT_AGENT = 2;
const KEY_OLD_DAYS = 365;
const DAY_MS = 86_400_000;

const CHECKS = ['host_key', 'bound_key', 'own_key', 'young_key', 'agent', 'clock'] as const;

/** One point of a machine's security: whether it holds, or is not known. */
type Check = { check: (typeof CHECKS)[number]; state: 'ok' | 'warn' | 'failed' | 'unknown' };

/** What keeps a machine ours, point by point, each by what was seen and not by what was meant. */
export function checkDroplet(report: DropletReport, now: Date): Check[] {
  const states: Record<(typeof CHECKS)[number], Check['state']> = {
    host_key: hostKeyState(report),
    bound_key: known(report.facts.shell?.refused, (refused) => (refused ? 'ok' : 'failed')),
    own_key: report.keyUsers > 1 ? 'warn' : 'ok',
    young_key: known(report.key, ({ madeAt }) =>
      now.getTime() - madeAt.getTime() > KEY_OLD_DAYS * DAY_MS ? 'warn' : 'ok',
    ),
    agent: known(report.facts.status?.figures.agentVersion, (version) =>
      Number(version) >= CURRENT_AGENT ? 'ok' : 'warn',
    ),
    clock: known(report.facts.status?.skew, (skew) => (clockMove(skew) === 'open' ? 'warn' : 'ok')),
  };
  return CHECKS.map((check) => ({ check, state: states[check] }));
}

/** Each answer came over a connection on which the pinned key was shown; nothing else is ever listened to. */
function hostKeyState({ droplet }: DropletReport): Check['state'] {
  if (droplet.status === 'host_key_changed') return 'failed';
  return droplet.lastSeenAt ? 'ok' : 'unknown';
}

function known<T>(value: T | undefined, judge: (value: T) => Check['state']): Check['state'] {
  return value === undefined ? 'unknown' : judge(value);
}
