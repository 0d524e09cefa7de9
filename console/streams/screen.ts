import { readStreams, readWaiting } from '#domain/streams/index.ts';
import type { Db } from '#platform/db/index.ts';
import type { ConsoleContext } from '#console/context.ts';
import type { Screen } from './presenter.ts';

/** Below the interval at which figures are sent: nobody sees the same ones twice. */
const SHARED_FOR_MS = 1000;
const shared = new WeakMap<Db, { screen: Promise<Screen>; readAt: number }>();

/** Reads all that the screen shows. */
export async function readScreen(ctx: ConsoleContext): Promise<Screen> {
  const reports = await readStreams(ctx, ctx.redis);
  const backlog = reports.reduce((sum, report) => sum + report.backlog, 0);
  return { reports, waiting: await readWaiting(ctx, backlog) };
}

/** The same for those who watch: read once a second at most, however many they are. */
export async function watchScreen(ctx: ConsoleContext): Promise<Screen> {
  const known = shared.get(ctx.db);
  if (known && performance.now() - known.readAt < SHARED_FOR_MS) return known.screen;
  const screen = readScreen(ctx);
  shared.set(ctx.db, { screen, readAt: performance.now() });
  return screen;
}
