import { setTimeout as pause } from 'node:timers/promises';
import { ignoreBecause } from '#platform/errors.ts';
import type { Logger } from '#platform/log/index.ts';

type Beat = { everyMs: number; what: string; beat: (stop: AbortSignal) => Promise<void> };

/**
 * Calls each beat again and again, `everyMs` after its last end, so that a slow database is never asked twice at once. A
 * beat that fails is logged and comes again; one that takes long is to end when `stop` aborts. `stop` resolves when none is at work.
 */
export function startPulse(beats: Beat[], log: Logger): { stop(): Promise<void> } {
  const stopped = new AbortController();
  const loops = beats.map(async ({ everyMs, what, beat }) => {
    while (!stopped.signal.aborted) {
      await beat(stopped.signal).catch((error: unknown) => log.warn({ err: error }, `${what} failed, trying again`));
      await pause(everyMs, undefined, { signal: stopped.signal }).catch(ignoreBecause('the loop sees the stop itself'));
    }
  });
  return {
    async stop() {
      stopped.abort();
      await Promise.all(loops);
    },
  };
}
