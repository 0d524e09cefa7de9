import { Queue, Worker } from 'bullmq';
import pg from 'pg';
import { effectOf, INSERT_EFFECT, QUEUE, type Job, type Peer } from './peer.ts';

const CONCURRENCY = 100;

/** In bulk, many at once, and finished jobs removed, as its documentation says for production. */
export const peer: Peer = {
  name: 'bullmq',
  async openProducer({ redisUrl }) {
    const queue = new Queue<Job>(QUEUE, { connection: connectionTo(redisUrl) });
    await queue.waitUntilReady();
    const opts = { removeOnComplete: true, removeOnFail: 1000 };
    return {
      enqueue: async (jobs) => void (await queue.addBulk(jobs.map((data) => ({ name: QUEUE, data, opts })))),
      close: () => queue.close(),
    };
  },
  async startConsumer({ postgresUrl, redisUrl }) {
    const pool = new pg.Pool({ connectionString: postgresUrl, max: 25 });
    const worker = new Worker<Job>(
      QUEUE,
      ({ data }) => pool.query(INSERT_EFFECT, effectOf(data)).then(() => undefined),
      {
        connection: connectionTo(redisUrl),
        concurrency: CONCURRENCY,
      },
    );
    worker.on('error', (error) => console.error(error));
    await worker.waitUntilReady();
  },
};

function connectionTo(redisUrl: string) {
  return { url: redisUrl, maxRetriesPerRequest: null };
}
