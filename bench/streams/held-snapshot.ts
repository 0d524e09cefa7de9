import pg from 'pg';
import { ignoreBecause } from '#platform/errors.ts';
import { openEventLab, type EventLab } from '#tests/support/event-lab.ts';
import { fillOutbox } from '../events/backlog.ts';
import { drain } from '../events/drain.ts';
import { SETTINGS } from '../events/settings.ts';
import { median } from '../measure.ts';

const BACKLOG = 50_000;
const HELD_MS = 3 * 60_000;
/** One drain says little on a shared machine: so many before, and the last so many. */
const RUNS = 3;

/**
 * What part of its rate a drain has kept after three minutes in which somebody's snapshot kept every dead row, and events
 * came and went as fast as they could: 1 is all of it.
 */
export async function measureHeldSnapshot(): Promise<number> {
  const lab = await openEventLab({ shards: 1, tenants: 50, fsync: true, settings: SETTINGS });
  const holder = new pg.Client({ connectionString: lab.superuserUrl });
  holder.on('error', ignoreBecause('the lab closes with it'));
  try {
    await rateOf(lab);
    const free: number[] = [];
    for (let run = 0; run < RUNS; run++) free.push(await rateOf(lab));
    await holder.connect();
    // At work, because PostgreSQL ends a transaction that idles long before that.
    await holder.query('begin isolation level repeatable read');
    const held = holder.query(`select count(*), pg_sleep(${(2 * HELD_MS) / 1000}) from events.streams`);
    held.catch(ignoreBecause('it ends with its connection'));
    const until = performance.now() + HELD_MS;
    const kept: number[] = [];
    while (performance.now() < until || kept.length < RUNS) kept.push(await rateOf(lab));
    return median(kept.slice(-RUNS)) / median(free);
  } finally {
    await lab.close();
  }
}

async function rateOf(lab: EventLab): Promise<number> {
  await fillOutbox(lab, BACKLOG);
  return BACKLOG / (await drain(lab, BACKLOG)).seconds;
}
