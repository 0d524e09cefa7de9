import { isAnythingPaused, replayNext, type Consumer } from '#domain/events/index.ts';
import type { Context } from '#platform/context.ts';
import type { Running } from '#platform/process.ts';
import { startLoop, type LoopState } from '../loop.ts';
import type { PauseWatch } from '../pause-watch.ts';
import { pause } from '../wake-signal.ts';

/** Units: ms. */
const LOOK_EVERY_MS = 1000;

/** Applies once more what somebody asked for, batch after batch beside new events; waits while anything is paused. */
export function startReplayLoop(
  ctx: Context,
  consumer: Consumer,
  pauses: PauseWatch,
): Running & { state: () => LoopState } {
  return startLoop({
    log: ctx.log,
    async round(stop) {
      await pauses.refresh();
      const isBusy = !isAnythingPaused(pauses.now()) && (await replayNext(ctx, consumer));
      if (!isBusy) await pause(LOOK_EVERY_MS, stop);
    },
  });
}
