import { readFile } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import type { EventLab } from '#tests/support/event-lab.ts';
import type { Fleet } from '#tests/support/fleet.ts';

export type Drained = { seconds: number; peakMb: { relay: number; worker: number } };

type Options = {
  /** Called once, as soon as the window is full and nearly all of the backlog still waits. */
  disturb?: () => Promise<void>;
};

const LOOK_EVERY_MS = 50;

/**
 * Starts one relay and one worker on `total` events that wait, and measures from the first committed effects to the last.
 */
export async function drain(lab: EventLab, total: number, { disturb }: Options = {}): Promise<Drained> {
  const before = await settledCount(lab);
  const fleet = await lab.startFleet({ relays: 1, workers: 1 });
  const peakMb = { relay: 0, worker: 0 };
  let startedAt: number | undefined;
  let waiting = disturb;
  for (;;) {
    const done = (await settledCount(lab)) - before;
    if (done > 0) startedAt ??= performance.now();
    await noteMemory(fleet, peakMb);
    if (done >= total) break;
    if (done > 0) {
      await waiting?.();
      waiting = undefined;
    }
    await pause(LOOK_EVERY_MS);
  }
  const seconds = (performance.now() - startedAt!) / 1000;
  await fleet.stop();
  return { seconds, peakMb };
}

/** From the counters that commit with the effects: reading them costs the pipeline nothing. */
export async function settledCount({ rows }: EventLab): Promise<number> {
  const [row] = await rows<{ settled: number }>(
    'select coalesce(sum(settled), 0)::int as settled from events.consumer_shards',
  );
  return row!.settled;
}

/** Resolves when the lab has settled `count` events in all. */
export async function untilSettled(lab: EventLab, count: number): Promise<void> {
  while ((await settledCount(lab)) < count) await pause(LOOK_EVERY_MS);
}

async function noteMemory(fleet: Fleet, peakMb: Drained['peakMb']): Promise<void> {
  for (const member of fleet.members) {
    const status = await readFile(`/proc/${member.pid()}/status`, 'utf8').catch(() => '');
    const rss = Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1] ?? 0) / 1024;
    const kind = member.name.startsWith('relay') ? 'relay' : 'worker';
    peakMb[kind] = Math.max(peakMb[kind], rss);
  }
}
