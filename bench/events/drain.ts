import { readFile } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import type { EventLab } from '#tests/support/event-lab.ts';
import type { Fleet } from '#tests/support/fleet.ts';

type Drained = { seconds: number; peakMb: Record<string, number> };

const LOOK_EVERY_MS = 50;

/**
 * Starts one relay and one worker on what waits, and measures from the first sign of publication to the last committed
 * effect. `meanwhile` is called once a third is done.
 */
export async function drain(
  lab: EventLab,
  total: number,
  { meanwhile }: { meanwhile?: () => Promise<void> } = {},
): Promise<Drained> {
  const before = await settledCount(lab);
  const fleet = await lab.startFleet({ relays: 1, workers: 1 });
  const peakMb: Record<string, number> = {};
  let startedAt: number | undefined;
  let hasDisturbed = false;
  for (;;) {
    const done = (await settledCount(lab)) - before;
    if (done > 0) startedAt ??= performance.now();
    await noteMemory(fleet, peakMb);
    if (done >= total) break;
    if (meanwhile && !hasDisturbed && done > total / 3) {
      hasDisturbed = true;
      await meanwhile();
    }
    await pause(LOOK_EVERY_MS);
  }
  const seconds = (performance.now() - startedAt!) / 1000;
  await fleet.stop();
  return { seconds, peakMb };
}

/** From the counters that commit with the effects: reading them costs the pipeline nothing. */
async function settledCount({ rows }: EventLab): Promise<number> {
  const [row] = await rows<{ settled: number }>(
    'select coalesce(sum(settled), 0)::int as settled from events.consumer_shards',
  );
  return row!.settled;
}

async function noteMemory(fleet: Fleet, peakMb: Record<string, number>): Promise<void> {
  for (const member of fleet.members) {
    const status = await readFile(`/proc/${member.pid()}/status`, 'utf8').catch(() => '');
    const rss = Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1] ?? 0) / 1024;
    peakMb[member.name] = Math.max(peakMb[member.name] ?? 0, rss);
  }
}
