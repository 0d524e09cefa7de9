import assert from 'node:assert/strict';
import { getJob, type StepSaying } from '#domain/jobs/index.ts';
import { withTransaction } from '#platform/db/index.ts';
import { countedProgress } from '#workers/ops/progress.ts';
import { openConsoleDatabase, type ConsoleDatabase } from '#tests/support/console-database.ts';
import { finished, handlerOf, said, startTestOpsWorker } from '#tests/support/ops.ts';

describe('the progress of a step', () => {
  let console: ConsoleDatabase;

  before(async () => {
    console = await openConsoleDatabase();
  });
  after(() => console?.drop());

  it('is shown while the step runs, and gives way to what it did', async () => {
    const [shown, goOn] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const steps = () => ({
      work: {
        async do(_ctx: unknown, _payload: unknown, { say }: { say: (output: StepSaying[]) => Promise<void> }) {
          await say(said('half of it'));
          shown.resolve();
          await goOn.promise;
          return 'all of it';
        },
      },
    });
    const worker = await startTestOpsWorker({ url: console.url, handlers: handlerOf('test.work', steps) });
    const jobId = await withTransaction(console.ctx, (tx) =>
      tx.jobs.enqueue({ kind: 'test.work', subject: 'a test', payload: {}, steps: ['work'] }),
    );

    await shown.promise;
    const [running] = (await getJob(console.ctx, jobId)).steps;
    goOn.resolve();
    const [ended] = (await finished(console.ctx, jobId)).steps;
    await worker.stop();

    assert.deepEqual([running?.status, running?.output], ['running', said('half of it')]);
    assert.deepEqual([ended?.status, ended?.output], ['done', said('all of it')]);
  });

  it('is told at most once a second, and not of a handful', async () => {
    const told: StepSaying[][] = [];
    const say = async (output: StepSaying[]) => void told.push(output);
    const [many, few] = [countedProgress(say, 'stores_asked'), countedProgress(say, 'stores_asked')];

    for (let done = 0; done < 100; done++) await many(done, 100);
    for (let done = 0; done < 10; done++) await few(done, 10);

    assert.deepEqual(told, [[{ key: 'stores_asked', values: { done: 0, count: 100 } }]]);
  });
});
