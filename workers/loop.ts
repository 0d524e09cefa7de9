import type { Logger } from '#platform/log/index.ts';
import { toError } from '#platform/errors.ts';
import type { Running } from '#platform/process.ts';
import { pause } from './wake-signal.ts';

/** What an operator is told of a loop in its heartbeat. */
export type LoopState = { state: 'ok' | 'failing'; error?: string };

type Loop = Running & { state: () => LoopState };

type Options = {
  /** One round of work, and the wait for the next; `stop` must end that wait. */
  round: (stop: AbortSignal) => Promise<void>;
  /** Called when a round threw, before the pause. */
  onFailure?: (error: unknown) => void;
  log: Logger;
};

/** Units: ms. What failed is not asked again and again: 0.1 s, 0.2 s … 2 s. */
const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 2000;

/**
 * Runs rounds one after another until stopped. A round that throws is followed by a growing pause and does not end the
 * process: the database or Redis being away is a state to get over. `stop` resolves when the running round has ended.
 */
export function startLoop({ round, onFailure, log }: Options): Loop {
  const stopping = new AbortController();
  let failures = 0;
  let current: LoopState = { state: 'ok' };

  const run = async () => {
    while (!stopping.signal.aborted) {
      try {
        await round(stopping.signal);
        if (failures > 0) log.info({ failures }, 'working again');
        failures = 0;
        current = { state: 'ok' };
      } catch (error) {
        current = { state: 'failing', error: toError(error).message };
        if (failures++ === 0) log.warn({ err: error }, 'a round failed, trying again until it works');
        onFailure?.(error);
        await pause(Math.min(FIRST_PAUSE_MS * 2 ** Math.min(failures - 1, 10), LONGEST_PAUSE_MS), stopping.signal);
      }
    }
  };
  const finished = run();
  return {
    state: () => current,
    async stop() {
      stopping.abort();
      await finished;
    },
  };
}
