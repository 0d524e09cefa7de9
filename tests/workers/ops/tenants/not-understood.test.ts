import assert from 'node:assert/strict';
import { listOpenAlerts } from '#tests/support/untended-streams.ts';
import { retryJob } from '#domain/jobs/index.ts';
import { getTenant, isSlugFree } from '#domain/tenants/index.ts';
import type { Running } from '#platform/process.ts';
import { openConsoleDatabase, type ConsoleDatabase } from '#tests/support/console-database.ts';
import { finished, newStore, startTestOpsWorker } from '#tests/support/ops.ts';

describe('a store whose job the worker does not understand', () => {
  let console: ConsoleDatabase;
  let worker: Running | undefined;

  before(async () => {
    console = await openConsoleDatabase();
  });

  afterEach(async () => {
    await worker?.stop();
    worker = undefined;
  });

  after(() => console?.drop());

  const jobs = () => console.ctx.db('platform.jobs');

  /** A store whose job was asked for by a newer version of the console. */
  const storeWith = async (slug: string, change: Record<string, unknown>) => {
    const made = await newStore(console.ctx, slug);
    const stored = await jobs().where({ id: made.jobId }).first<{ kind: string; payload: object }>('kind', 'payload');
    await jobs().where({ id: made.jobId }).update(change);
    worker = await startTestOpsWorker({ url: console.url });
    return { ...made, stored, job: await finished(console.ctx, made.jobId) };
  };

  it('is failed, says why and calls for a person', async () => {
    const { tenant, job } = await storeWith('broken', { payload: { tenantId: 'x' } });

    assert.deepEqual([job.status, job.errorCode], ['failed', 'job_payload_invalid']);
    const { status, statusReason } = await getTenant(console.ctx, tenant.id);
    assert.deepEqual([status, statusReason], ['failed', 'The payload is not that of a tenant.provision.']);
    const alert = (await listOpenAlerts(console.ctx)).find((open) => open.tenantId === tenant.id);
    assert.match(alert?.title ?? '', /could not be run: store broken/);
  });

  it('keeps its name and can be made by a retry', async () => {
    const { tenant, jobId, stored, job } = await storeWith('unheard', { kind: 'tenant.conjure' });
    assert.equal(job.errorCode, 'job_kind_unknown');
    assert.equal(await isSlugFree(console.ctx, 'unheard'), false);

    await jobs().where({ id: jobId }).update({ kind: stored?.kind });
    await retryJob(console.ctx, jobId);
    const again = await finished(console.ctx, jobId);

    // There is no edge to publish to in this test: as far as the steps before that, it was made.
    assert.equal(again.errorCode, 'no_edge');
    assert.equal((await getTenant(console.ctx, tenant.id)).status, 'failed');
  });
});
