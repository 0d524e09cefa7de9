import { setTimeout as pause } from 'node:timers/promises';
import { toError } from '#platform/errors.ts';
import type { Exit, ServerProcess } from './server-process.ts';

export type Supervised = { stop(): Promise<void> };

type Options<S extends ServerProcess> = {
  /** Rejects soon after the signal when it is not through by then. */
  start: (signal: AbortSignal) => Promise<S>;
  /** Nothing is started any more; what runs still wants its `stop`. */
  signal: AbortSignal;
  /** Called with each new incarnation. */
  onStart?: (server: S) => Promise<void>;
  say: (text: string) => void;
};

const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 15_000;
/** One that ran this long was healthy: its next pause is short again. */
const HEALTHY_MS = 30_000;

/**
 * Keeps a server running, as systemd does on a droplet: when it dies by itself it is started again, after a pause that
 * doubles. The very first start must succeed; its error is the caller's.
 */
export async function keepRunning<S extends ServerProcess>(options: Options<S>): Promise<Supervised & { first: S }> {
  const stopping = new AbortController();
  const signal = AbortSignal.any([stopping.signal, options.signal]);
  const first = await startOnce(options, signal);
  let current: S | undefined = first;

  const watch = async () => {
    let pauseMs = FIRST_PAUSE_MS;
    while (current && !signal.aborted) {
      const startedAt = performance.now();
      const exit = await current.exited;
      if (signal.aborted) return;
      pauseMs = performance.now() - startedAt > HEALTHY_MS ? FIRST_PAUSE_MS : Math.min(pauseMs * 2, LONGEST_PAUSE_MS);
      options.say(`${describeExit(exit)}; starting it again in ${pauseMs / 1000} s`);
      current = await startAgain(options, pauseMs, signal);
    }
  };
  const watching = watch();

  return {
    first,
    async stop() {
      stopping.abort();
      await current?.stop();
      await watching;
      // A restart may have been under way when we looked.
      await current?.stop();
    },
  };
}

async function startAgain<S extends ServerProcess>(
  options: Options<S>,
  firstPauseMs: number,
  stopping: AbortSignal,
): Promise<S | undefined> {
  for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS)) {
    await pause(pauseMs, undefined, { signal: stopping }).catch(() => undefined);
    if (stopping.aborted) return undefined;
    try {
      return await startOnce(options, stopping);
    } catch (error) {
      options.say(toError(error).message);
    }
  }
}

async function startOnce<S extends ServerProcess>({ start, onStart }: Options<S>, signal: AbortSignal): Promise<S> {
  const server = await start(signal);
  await onStart?.(server);
  return server;
}

function describeExit({ code, signal }: Exit): string {
  return signal ? `was killed by ${signal}` : `ended with code ${code}`;
}
