import pg from 'pg';
import { PgBoss } from 'pg-boss';
import { INSERT_EFFECTS, QUEUE, type Job, type Peer } from './peer.ts';

const BATCH = 500;

/** Jobs in batches, fetched again at once while batches are full, and woken by NOTIFY; one statement for each batch. */
export const peer: Peer = {
  name: 'pg-boss',
  async openProducer({ postgresUrl }) {
    const boss = await start(postgresUrl);
    await boss.createQueue(QUEUE, { notify: true });
    return {
      enqueue: async (jobs) =>
        void (await boss.insert(
          QUEUE,
          jobs.map((data) => ({ data })),
        )),
      close: () => boss.stop({ graceful: false }),
    };
  },
  async startConsumer({ postgresUrl }) {
    const pool = new pg.Pool({ connectionString: postgresUrl, max: 5 });
    const boss = await start(postgresUrl);
    const options = { batchSize: BATCH, burstWhenBatchFull: true, pollingIntervalSeconds: 0.5 };
    await boss.work<Job>(QUEUE, options, async (jobs) => {
      await pool.query(INSERT_EFFECTS, [JSON.stringify(jobs.map(({ data }) => data))]);
    });
  },
};

async function start(connectionString: string): Promise<PgBoss> {
  const boss = new PgBoss({ connectionString, max: 10, useListenNotify: true, schedule: false });
  boss.on('error', (error) => console.error(error));
  await boss.start();
  return boss;
}
