import type { Logger } from '#platform/log/index.ts';
import type { ServerFacts } from '#platform/redis/index.ts';

type RedisWatch = {
  /** True while Redis has so little memory left that events should wait in the outbox. */
  isFull(server: ServerFacts): boolean;
  /** What an operator should change or know, as of the last look. */
  warnings(): readonly string[];
};

/** Of maxmemory. Above it nothing is published; it must be well below what makes Redis refuse XADD. */
const HOLD_BACK_ABOVE = 0.8;

/**
 * Judges each answer of Redis: whether it is set up so that it keeps what it is given, and whether it has room. Says each
 * thing once, when it begins and when it is over.
 */
export function createRedisWatch(log: Logger): RedisWatch {
  let current: readonly string[] = [];
  return {
    isFull(server) {
      const full = server.maxMemoryBytes > 0 && server.usedMemoryBytes >= HOLD_BACK_ABOVE * server.maxMemoryBytes;
      const found = [...misconfigurations(server), ...(full ? [outOfMemory(server)] : [])];
      for (const warning of found) if (!current.includes(warning)) log.warn({}, warning);
      if (found.length === 0 && current.length > 0) log.info({}, 'Redis is as it should be again');
      current = found;
      return full;
    },
    warnings: () => current,
  };
}

function misconfigurations({ evictionPolicy, isAppendOnly }: ServerFacts): string[] {
  const found: string[] = [];
  if (evictionPolicy !== 'noeviction')
    found.push(`Redis may throw events away: set maxmemory-policy to noeviction (it is ${evictionPolicy}).`);
  if (!isAppendOnly) found.push('Redis forgets everything when it restarts: set appendonly to yes.');
  return found;
}

/** Without figures: they change with every look, and this is said once. */
function outOfMemory({ maxMemoryBytes }: ServerFacts): string {
  const [percent, megabytes] = [HOLD_BACK_ABOVE * 100, Math.round(maxMemoryBytes / 2 ** 20)];
  return `Redis has used ${percent} % of its ${megabytes} MB: events wait in the outbox until there is room.`;
}
