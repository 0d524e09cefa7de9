import { setTimeout as pause } from 'node:timers/promises';
import type { EventLab } from '#tests/support/event-lab.ts';
import { settledCount } from './drain.ts';
import { offerEvents } from './latency.ts';

const ROUNDS = 3;
/** What the killed owner had sent off may still commit. Units: ms. */
const LAST_WORDS_MS = 300;
const LOOK_EVERY_MS = 20;
const PATIENCE_MS = 60_000;

/**
 * Kills the worker that owns the only shard while another stands by and events keep coming, and measures how long no effect
 * is committed. The killed one does not come back. Units: s.
 */
export async function measureTakeovers(lab: EventLab): Promise<number[]> {
  const relay = await lab.startFleet({ relays: 1, workers: 0 });
  let owner = await lab.startFleet({ relays: 0, workers: 1 });
  const seconds: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const standby = await lab.startFleet({ relays: 0, workers: 1 });
    const offering = offerEvents(lab, 'takeover', { perSecond: 100, seconds: 16, perCommit: 10, notify: true });
    await pause(1000);
    const killedAt = performance.now();
    await owner.stop();
    await pause(LAST_WORDS_MS);
    await nextEffect(lab, killedAt + PATIENCE_MS);
    seconds.push((performance.now() - killedAt) / 1000);
    await offering;
    owner = standby;
  }
  await Promise.all([relay.stop(), owner.stop()]);
  return seconds;
}

async function nextEffect(lab: EventLab, deadline: number): Promise<void> {
  const before = await settledCount(lab);
  while ((await settledCount(lab)) === before) {
    if (performance.now() > deadline) throw new Error('nobody took the shard over within a minute');
    await pause(LOOK_EVERY_MS);
  }
}
