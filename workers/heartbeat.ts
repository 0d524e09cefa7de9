import { forgetOldInstances, recordHeartbeat, type Db } from '#platform/db/index.ts';
import { ignoreBecause } from '#platform/errors.ts';
import type { Logger } from '#platform/log/index.ts';
import type { Running } from '#platform/process.ts';
import { startLoop } from './loop.ts';
import { pause } from './wake-signal.ts';

type Options = {
  db: Db;
  process: string;
  instance: string;
  /** What an operator should know of this process right now. */
  detail: () => Record<string, unknown>;
  log: Logger;
};

/** Units: ms. A process that has been silent for 15 s counts as dead, so two beats may be lost. */
const BEAT_MS = 4000;

/** Tells the console that this process lives, also while it has nothing to do, and that it has stopped when it does. */
export function startHeartbeat({ db, process, instance, detail, log }: Options): Running {
  const startedAt = new Date();
  const beat = (facts: Record<string, unknown>) =>
    recordHeartbeat(db, { process, instance, startedAt, detail: { pid: globalThis.process.pid, ...facts } });
  const loop = startLoop({
    log: log.child({ part: 'heartbeat' }),
    async round(stop) {
      await beat(detail());
      await forgetOldInstances(db, process);
      await pause(BEAT_MS, stop);
    },
  });
  return {
    async stop() {
      await loop.stop();
      await beat({ state: 'stopped' }).catch(ignoreBecause('without a database the silence says it, only later'));
    },
  };
}
