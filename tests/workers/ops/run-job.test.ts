import assert from 'node:assert/strict';
import { listOpenAlerts } from '#tests/support/untended-streams.ts';
import { getJob, requestCancel, retryJob } from '#domain/jobs/index.ts';
import { withTransaction } from '#platform/db/index.ts';
import { Conflict, Unavailable } from '#platform/errors.ts';
import { newId } from '#platform/ids.ts';
import { CancelJob, SnoozeJob } from '#platform/jobs/steering.ts';
import type { Running } from '#platform/process.ts';
import { openConsoleDatabase, type ConsoleDatabase } from '#tests/support/console-database.ts';
import { eventually } from '#tests/support/eventually.ts';
import {
  finished,
  handlerOf,
  jobIn,
  said,
  startTestOpsWorker,
  statusesOf,
  type FakeSteps,
} from '#tests/support/ops.ts';

describe('a durable job', () => {
  let console: ConsoleDatabase;
  let worker: Running;
  let steps: FakeSteps;
  const done: string[] = [];

  const enqueue = (names: string[]) =>
    withTransaction(console.ctx, (tx) =>
      tx.jobs.enqueue({ kind: 'test.work', subject: 'a test', payload: {}, steps: names }),
    );

  before(async () => {
    console = await openConsoleDatabase();
    worker = await startTestOpsWorker({ url: console.url, handlers: handlerOf('test.work', () => steps) });
  });

  beforeEach(() => {
    done.length = 0;
  });

  after(async () => {
    await worker?.stop();
    await console?.drop();
  });

  /** A step that notes what happened to it. */
  const noting = (name: string, code: Partial<FakeSteps[string]> = {}): FakeSteps => ({
    [name]: {
      async do() {
        done.push(name);
        return `${name} done`;
      },
      async undo() {
        done.push(`undo ${name}`);
      },
      ...code,
    },
  });

  it('runs its steps in order and keeps what each of them said', async () => {
    steps = { ...noting('one'), ...noting('two') };

    const job = await finished(console.ctx, await enqueue(['one', 'two']));

    assert.equal(job.status, 'succeeded');
    assert.deepEqual(
      job.steps.map((step) => step.output),
      [said('one done'), said('two done')],
    );
    assert.deepEqual(done, ['one', 'two']);
    assert.ok(job.startedAt && job.finishedAt);
  });

  it('undoes what it did, the last step first, when a step fails for good', async () => {
    const fail = () => Promise.reject(new CancelJob('no_luck', 'There was no luck.'));
    steps = { ...noting('one'), ...noting('two'), ...noting('three', { do: fail }), ...noting('four') };

    const job = await finished(console.ctx, await enqueue(['one', 'two', 'three', 'four']));

    assert.equal(job.status, 'failed');
    assert.deepEqual([job.errorCode, job.errorMessage], ['no_luck', 'There was no luck.']);
    assert.deepEqual(done, ['one', 'two', 'undo three', 'undo two', 'undo one']);
    assert.deepEqual(statusesOf(job), ['undone', 'undone', 'failed', 'skipped']);
    assert.equal(job.steps[2]?.errorMessage, 'There was no luck.');
  });

  it('tries a step again when the far side failed, and a bounded number of times', async () => {
    let failures = 1;
    const flaky = async () => {
      if (failures-- > 0) throw new Unavailable('far_side_down', 'The far side is down.');
      return 'at last';
    };
    steps = noting('one', { do: flaky });

    const healed = await finished(console.ctx, await enqueue(['one']));
    failures = 99;
    const lost = await finished(console.ctx, await enqueue(['one']));

    assert.deepEqual(
      [healed.status, healed.steps[0]?.attempts, healed.steps[0]?.output],
      ['succeeded', 2, said('at last')],
    );
    assert.deepEqual([lost.status, lost.steps[0]?.attempts, lost.errorCode], ['failed', 2, 'far_side_down']);
  });

  it('does not try again what the request itself made impossible', async () => {
    steps = noting('one', { do: () => Promise.reject(new Conflict('taken', 'It is taken.')) });

    const job = await finished(console.ctx, await enqueue(['one']));

    assert.deepEqual([job.errorCode, job.steps[0]?.attempts], ['taken', 1]);
  });

  it('shows nothing of an error that is not ours but that there was one', async () => {
    steps = noting('one', { do: () => Promise.reject(new Error('connect to 10.0.0.3 with password hunter2')) });

    const job = await finished(console.ctx, await enqueue(['one']));

    assert.equal(job.errorCode, 'unexpected_error');
    assert.doesNotMatch(JSON.stringify(job), /hunter2/);
  });

  it('comes back later without counting a try when a step is not ready', async () => {
    let asked = 0;
    steps = noting('one', {
      async do() {
        if (++asked < 5) throw new SnoozeJob(1);
        return 'ready';
      },
    });

    const job = await finished(console.ctx, await enqueue(['one']));

    assert.deepEqual([job.status, job.steps[0]?.attempts, asked], ['succeeded', 1, 5]);
  });

  it('aborts the running step when an operator cancels and undoes it', async () => {
    const waiting = (_ctx: unknown, _payload: unknown, { signal }: { signal: AbortSignal }) =>
      new Promise<never>((_resolve, reject) => signal.addEventListener('abort', () => reject(new Error('aborted'))));
    steps = { ...noting('one'), ...noting('two', { do: waiting }), ...noting('three') };
    const id = await enqueue(['one', 'two', 'three']);
    await eventually(async () => (await getJob(console.ctx, id)).steps[1]?.status === 'running');

    await requestCancel(console.ctx, id);
    const job = await finished(console.ctx, id);

    assert.equal(job.status, 'cancelled');
    assert.deepEqual(done, ['one', 'undo two', 'undo one']);
  });

  it('tries to undo a step again when that failed', async () => {
    let failures = 1;
    const flaky = async () => {
      if (failures-- > 0) throw new Unavailable('far_side_down', 'The far side is down.');
      done.push('undo one');
    };
    steps = {
      ...noting('one', { undo: flaky }),
      ...noting('two', { do: () => Promise.reject(new CancelJob('no_luck', 'There was no luck.')) }),
    };

    const job = await finished(console.ctx, await enqueue(['one', 'two']));

    assert.deepEqual([job.errorMessage, statusesOf(job)], ['There was no luck.', ['undone', 'failed']]);
    assert.deepEqual(done, ['one', 'undo two', 'undo one']);
  });

  it('names what it could not undo, and an alert says so', async () => {
    const fail = () => Promise.reject(new CancelJob('no_luck', 'There was no luck.'));
    const stuck = () => Promise.reject(new Unavailable('far_side_down', 'The far side is down.'));
    steps = { ...noting('one'), ...noting('two', { undo: stuck }), ...noting('three', { do: fail }) };

    const job = await finished(console.ctx, await enqueue(['one', 'two', 'three']));

    assert.match(job.errorMessage ?? '', /no luck.*Left behind: two: The far side is down/);
    assert.deepEqual(statusesOf(job), ['undone', 'failed', 'failed']);
    const alerts = await listOpenAlerts(console.ctx);
    assert.ok(alerts.some((alert) => alert.key === `job:${job.id}:left_behind`));
  });

  it('starts over under its id when a failed job is retried', async () => {
    let isBroken = true;
    const fail = async () => {
      if (isBroken) throw new CancelJob('no_luck', 'There was no luck.');
      return 'mended';
    };
    steps = { ...noting('one'), ...noting('two', { do: fail }) };
    const id = await enqueue(['one', 'two']);
    await finished(console.ctx, id);
    isBroken = false;

    await retryJob(console.ctx, id);
    const job = await jobIn(console.ctx, id, ['succeeded']);

    assert.deepEqual(done, ['one', 'undo two', 'undo one', 'one']);
    assert.equal(job.errorMessage, undefined);
  });

  it('takes its alert back when a retry came through', async () => {
    let isBroken = true;
    const stuck = () => Promise.reject(new Unavailable('far_side_down', 'The far side is down.'));
    const failing = async () => {
      if (isBroken) throw new CancelJob('no_luck', 'There was no luck.');
      return 'mended';
    };
    steps = { ...noting('one', { undo: stuck }), ...noting('two', { do: failing }) };
    const id = await enqueue(['one', 'two']);
    const alertsOf = async () => (await listOpenAlerts(console.ctx)).filter((alert) => alert.key.includes(id));
    await finished(console.ctx, id);
    assert.equal((await alertsOf()).length, 1);
    isBroken = false;

    await retryJob(console.ctx, id);
    await jobIn(console.ctx, id, ['succeeded']);

    assert.deepEqual(await alertsOf(), []);
  });

  it('gives up on a step that has taken down ten workers', async () => {
    steps = noting('one');
    const id = await withTransaction(console.ctx, async (tx) => {
      const jobId = await tx.jobs.enqueue({ kind: 'test.work', subject: 'a test', payload: {}, steps: ['one'] });
      const begun = { status: 'running', attempts: 10, started_at: tx.clock.now() };
      await tx.db('platform.job_steps').where({ job_id: jobId }).update(begun);
      return jobId;
    });

    const job = await finished(console.ctx, id);

    assert.deepEqual([job.status, job.errorCode], ['failed', 'worker_died']);
    assert.deepEqual(done, ['undo one']);
  });

  it('fails at once when no worker knows its kind', async () => {
    const id = await withTransaction(console.ctx, (tx) =>
      tx.jobs.enqueue({ kind: 'unheard.of', subject: newId(), payload: {}, steps: ['one'] }),
    );

    const job = await finished(console.ctx, id);

    assert.deepEqual([job.status, job.errorCode, statusesOf(job)], ['failed', 'job_kind_unknown', ['skipped']]);
  });
});
