import { Logger, makeWorkerUtils, run } from 'graphile-worker';
import { effectOf, INSERT_EFFECT, QUEUE, type Job, type Peer } from './peer.ts';

const silent = new Logger(() => () => undefined);

/** As on the performance page of its documentation. */
export const peer: Peer = {
  name: 'graphile-worker',
  async openProducer({ postgresUrl }) {
    const utils = await makeWorkerUtils({ connectionString: postgresUrl, logger: silent });
    await utils.migrate();
    return {
      enqueue: async (jobs) => void (await utils.addJobs(jobs.map((payload) => ({ identifier: QUEUE, payload })))),
      close: async () => utils.release(),
    };
  },
  async startConsumer({ postgresUrl }) {
    await run({
      preset: {
        worker: {
          connectionString: postgresUrl,
          concurrentJobs: 24,
          maxPoolSize: 25,
          localQueue: { size: 500 },
          completeJobBatchDelay: 0,
          failJobBatchDelay: 0,
        },
      },
      logger: silent,
      taskList: {
        [QUEUE]: async (payload, { withPgClient }) => {
          await withPgClient((client) => client.query(INSERT_EFFECT, effectOf(payload as Job)));
        },
      },
    });
  },
};
