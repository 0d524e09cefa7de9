import { schedule as tickBy } from 'node-cron';
import { runDueSchedules } from '#domain/schedules/index.ts';
import type { Context } from '#platform/context.ts';
import { toError } from '#platform/errors.ts';
import type { Running } from '#platform/process.ts';

const EVERY_FIVE_SECONDS = '*/5 * * * * *';

/**
 * Looks at the schedules again and again. This is but a tick: what is due, and that it was claimed, stands in the database,
 * so that a tick that is lost or comes twice changes nothing. `stop` resolves when no look is under way.
 */
export function startScheduler(ctx: Context): Running {
  let looking: Promise<void> = Promise.resolve();
  const look = () => {
    looking = runDueSchedules(ctx).catch((error: unknown) =>
      ctx.log.warn({ err: toError(error) }, 'looking at the schedules failed, trying again'),
    );
    return looking;
  };
  const task = tickBy(EVERY_FIVE_SECONDS, look, { name: 'schedules', noOverlap: true, logger: quiet(ctx) });
  return {
    async stop() {
      await task.destroy();
      await looking;
    },
  };
}

/** A tick that comes late says nothing: the next one does its work. */
function quiet({ log }: Context) {
  const nothing = () => {};
  return {
    debug: nothing,
    info: nothing,
    warn: nothing,
    error: (told: string | Error) => log.warn({ err: toError(told) }, 'a tick failed'),
  };
}
