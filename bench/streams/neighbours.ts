import { setTimeout as pause } from 'node:timers/promises';
import { openEventLab, type EventLab } from '#tests/support/event-lab.ts';
import { fillOutbox } from '../events/backlog.ts';
import { delaysOf, offerEvents } from '../events/latency.ts';
import { SETTINGS } from '../events/settings.ts';

const STORES = 50;
/** At what the others write, with nobody flooding and with one that does. */
const QUIET = { perSecond: 100, seconds: 5, perCommit: 1, notify: true };
const FLOOD = 150_000;
const ROUNDS = 3;

type Delays = { calm: number[][]; flooded: number[][] };

/** How long an event of a quiet store takes from commit to effect, in ms: alone, and while one store has very many waiting. */
export async function measureNeighbours(): Promise<Delays> {
  const lab = await openEventLab({ shards: 1, tenants: STORES, fsync: true, settings: SETTINGS });
  const [noisy, ...others] = lab.tenants as [string, ...string[]];
  const quiet = { ...lab, tenants: others };
  const delays: Delays = { calm: [], flooded: [] };
  try {
    const fleet = await lab.startFleet({ relays: 1, workers: 1 });
    await offer(quiet, 'warm-up');
    for (let round = 0; round < ROUNDS; round++) {
      delays.calm.push(await offer(quiet, `calm ${round}`));
      await fillOutbox({ ...lab, tenants: [noisy] }, FLOOD);
      delays.flooded.push(await offer(quiet, `flooded ${round}`));
      await untilNothingWaits(lab, lab.tenants);
    }
    await fleet.stop();
    return delays;
  } finally {
    await lab.close();
  }
}

async function offer(lab: EventLab, run: string): Promise<number[]> {
  await offerEvents(lab, run, QUIET);
  await untilNothingWaits(lab, lab.tenants);
  return delaysOf(lab, run);
}

async function untilNothingWaits(lab: EventLab, tenants: readonly string[]): Promise<void> {
  for (;;) {
    const rows = await lab.rows('select 1 from events.pending where tenant_id = any ($1) limit 1', [tenants]);
    if (rows.length === 0) return;
    await pause(50);
  }
}
