import {
  CONSTRUCTION_STREAM,
  ENGINES_GROUP,
  listPauses,
  NOTHING_PAUSED,
  toPaused,
  type Paused,
} from '#domain/events/index.ts';
import type { Context } from '#platform/context.ts';

export type PauseWatch = {
  /** As of the last look. */
  now(): Paused;
  /** Looks; to be called about once a second. */
  refresh(): Promise<void>;
};

/** Knows what operators have paused. */
export function createPauseWatch(ctx: Context): PauseWatch {
  let paused = NOTHING_PAUSED;
  return {
    now: () => paused,
    async refresh() {
      paused = toPaused(await listPauses(ctx.db, { stream: CONSTRUCTION_STREAM, group: ENGINES_GROUP }));
    },
  };
}
