import pg from 'pg';
import { ignoreBecause } from '#platform/errors.ts';
import { openEventLab, type EventLab } from '#tests/support/event-lab.ts';
import { fillOutbox } from '../events/backlog.ts';
import { drain } from '../events/drain.ts';
import { SETTINGS } from '../events/settings.ts';

const BACKLOG = 50_000;
const HELD_MS = 3 * 60_000;

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
    const free = await rateOf(lab);
    await holder.connect();
    // At work, because PostgreSQL ends a transaction that idles long before that.
    await holder.query('begin isolation level repeatable read');
    const held = holder.query(`select count(*), pg_sleep(${(2 * HELD_MS) / 1000}) from events.streams`);
    held.catch(ignoreBecause('it ends with its connection'));
    const until = performance.now() + HELD_MS;
    let rate = 0;
    do rate = await rateOf(lab);
    while (performance.now() < until);
    return rate / free;
  } finally {
    await lab.close();
  }
}

async function rateOf(lab: EventLab): Promise<number> {
  await fillOutbox(lab, BACKLOG);
  return BACKLOG / (await drain(lab, BACKLOG)).seconds;
}
