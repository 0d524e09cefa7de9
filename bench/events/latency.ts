import pg from 'pg';
import { openDatabase } from '#platform/db/index.ts';
import { notifyOutbox } from '#platform/events/queries.ts';
import { wakeUpOf } from '#platform/events/wake-up.ts';
import { silentLogger } from '#platform/log/index.ts';
import type { EventLab } from '#tests/support/event-lab.ts';
import { drawStores, INSERT_ORDERS, ordersOf } from './backlog.ts';
import { settledCount, untilSettled } from './drain.ts';
import { onSchedule } from './schedule.ts';

type Offer = { perSecond: number; seconds: number; perCommit: number; notify: boolean };

let runs = 0;

/**
 * Offers events at a steady rate to a pipeline that runs, and returns how long each took from the commit of its row to the
 * commit of its effect, in ms. Both times are PostgreSQL's own, of one clock, each taken as its commit begins.
 */
export async function measureLatency(lab: EventLab, say: (line: string) => void, offer: Offer): Promise<number[]> {
  const run = `latency ${++runs}`;
  const before = await settledCount(lab);
  const late = await offerEvents(lab, run, offer);
  if (late > 0.01)
    say(`  ${Math.round(late * 100)} % of the commits came late: less than ${offer.perSecond}/s was offered`);
  await untilSettled(lab, before + offer.perSecond * offer.seconds);
  return delaysOf(lab, run);
}

/** What {@link measureLatency} says, of the events of a run that are settled. */
export async function delaysOf(lab: EventLab, run: string): Promise<number[]> {
  const rows = await lab.rows<{ ms: number }>(
    `select extract(epoch from pg_xact_commit_timestamp(p.xmin) - pg_xact_commit_timestamp(o.xmin))::float8 * 1000 as ms
       from events.outbox o
       join events.processed p on p.tenant_id = o.tenant_id and p.consumer_group = 'engines' and p.event_id = o.event_id
      where o.correlation_id = $1`,
    [run],
  );
  return rows.map(({ ms }) => ms);
}

/** Wakes the relay as a store's process does: after the commit, and not for each. Returns the share that came late. */
export async function offerEvents(lab: EventLab, run: string, { notify, ...load }: Offer): Promise<number> {
  const pool = new pg.Pool({ connectionString: lab.superuserUrl, max: 4 });
  const app = openDatabase({ url: lab.appUrl, poolMax: 1, applicationName: 'bench', log: silentLogger });
  const wakeRelay = wakeUpOf(app.db);
  try {
    const late = await onSchedule(load, async () => {
      const values = ordersOf(drawStores(lab.tenants, load.perCommit), run);
      await pool.query({ name: 'orders', text: INSERT_ORDERS, values });
      if (notify) wakeRelay();
    });
    // A store's process lives on and sends its last wake-up when its quiet time ends; this pool ends here.
    if (notify) await notifyOutbox(app.db);
    return late;
  } finally {
    await Promise.all([pool.end(), app.stop()]);
  }
}
