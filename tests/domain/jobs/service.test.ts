import assert from 'node:assert/strict';
import { getJob, jobKey, listJobs, requestCancel, requestJob, retryJob } from '#domain/jobs/index.ts';
import { withTransaction } from '#platform/db/index.ts';
import { newId } from '#platform/ids.ts';
import { deliverJob } from '#platform/jobs/queries.ts';
import { openConsoleDatabase, type ConsoleDatabase } from '#tests/support/console-database.ts';

describe('jobs', () => {
  let console: ConsoleDatabase;
  let tenantId: string;

  before(async () => {
    console = await openConsoleDatabase();
    tenantId = newId();
    const now = new Date();
    await console.ctx.db('platform.tenants').insert({
      id: tenantId,
      slug: 'acme',
      name: 'Acme',
      status: 'live',
      admin_email: 'a@acme.example',
      status_changed_at: now,
      created_at: now,
      updated_at: now,
    });
  });

  after(() => console?.drop());

  const request = () =>
    withTransaction(console.ctx, (tx) =>
      requestJob(tx, {
        kind: 'tenant.publish',
        subject: 'store acme',
        tenantId,
        payload: { tenantId, reason: 'a test' },
      }),
    );
  const setStatus = (id: string, status: string) => console.ctx.db('platform.jobs').where({ id }).update({ status });
  const auditOf = (id: string) =>
    console.ctx.db('platform.audit_log').where({ subject_id: id }).pluck<string[]>('action');
  const refusal = (code: string) => (error: unknown) => (error as { code?: string }).code === code;

  it('show their steps before a worker has begun', async () => {
    const job = await getJob(console.ctx, await request());

    assert.equal(job.status, 'queued');
    assert.deepEqual(
      job.steps.map((step) => `${step.name} ${step.status}`),
      ['render_document pending', 'publish_to_edge pending', 'probe_edge pending'],
    );
  });

  it('are not recorded when the change that asked for them is rolled back', async () => {
    const before = await listJobs(console.ctx, { limit: 100 });

    await assert.rejects(
      withTransaction(console.ctx, async (tx) => {
        await requestJob(tx, {
          kind: 'tenant.publish',
          subject: 'store acme',
          tenantId,
          payload: { tenantId, reason: 'a test' },
        });
        throw new Error('rolled back');
      }),
      /rolled back/,
    );

    assert.equal((await listJobs(console.ctx, { limit: 100 })).length, before.length);
  });

  it('are refused outside a transaction, and with a payload that is not of their kind', async () => {
    const publish = { kind: 'tenant.publish', subject: 'store acme', tenantId } as const;

    await assert.rejects(requestJob(console.ctx, { ...publish, payload: { tenantId, reason: 'x' } }), TypeError);
    await assert.rejects(
      withTransaction(console.ctx, (tx) => requestJob(tx, { ...publish, payload: { tenantId: 'acme', reason: 'x' } })),
      /tenantId/,
    );
  });

  it('never carry a password in clear', async () => {
    const provision = {
      kind: 'tenant.provision',
      subject: 'store acme',
      tenantId,
      payload: { tenantId, admin: { name: 'Maria', email: 'maria@acme.example' }, passwordHash: 'segredo123' },
    } as const;

    await assert.rejects(
      withTransaction(console.ctx, (tx) => requestJob(tx, provision)),
      /passwordHash/,
    );
  });

  it('can be cancelled while there is something to cancel, and the audit log says by whom', async () => {
    const id = await request();

    await requestCancel(console.ctx, id);
    await requestCancel(console.ctx, id);

    assert.ok((await getJob(console.ctx, id)).cancelRequestedAt);
    assert.deepEqual(await auditOf(id), ['job.cancel_requested']);
    for (const status of ['undoing', 'succeeded', 'failed', 'cancelled']) {
      await setStatus(id, status);
      await assert.rejects(requestCancel(console.ctx, id), refusal('job_not_cancellable'));
    }
  });

  it('are handed to a worker at once when they are cancelled while they wait for their next try', async () => {
    const id = await request();
    await deliverJob(console.ctx.db, id, 60_000);
    const isDue = async () => {
      const { rows } = await console.ctx.db.raw<{ rows: { due: boolean }[] }>(
        'select run_at <= now() as due from graphile_worker.jobs where key = ?',
        [`job:${id}`],
      );
      return rows.map(({ due }) => due);
    };
    assert.deepEqual(await isDue(), [false]);

    await requestCancel(console.ctx, id);

    assert.deepEqual(await isDue(), [true]);
  });

  it('can be retried only once they have failed or were cancelled, and start over', async () => {
    const id = await request();
    for (const status of ['queued', 'running', 'undoing', 'succeeded']) {
      await setStatus(id, status);
      await assert.rejects(retryJob(console.ctx, id), refusal('job_not_retryable'));
    }
    await setStatus(id, 'failed');
    await console.ctx.db('platform.job_steps').where({ job_id: id }).update({ status: 'undone', attempts: 3 });

    await retryJob(console.ctx, id);

    const job = await getJob(console.ctx, id);
    assert.equal(job.status, 'queued');
    assert.ok(job.steps.every((step) => step.status === 'pending' && step.attempts === 0));
    assert.deepEqual(await auditOf(id), ['job.retried']);
  });

  it('are listed newest first, page by page, without a gap or a repeat', async () => {
    const ids = [await request(), await request(), await request()].toReversed();

    const first = await listJobs(console.ctx, { limit: 2 });
    const rest = await listJobs(console.ctx, { limit: 100, after: jobKey(first[1]!) });

    const seen = [...first.slice(0, 2), ...rest].map((job) => job.id);
    assert.deepEqual(seen.slice(0, 3), ids);
    assert.equal(first.length, 3, 'one more than asked for says that there are more');
    assert.equal(new Set(seen).size, seen.length);
  });

  it('are not found by what is no id of one', async () => {
    for (const id of [newId(), 'acme', "' or 1=1"])
      await assert.rejects(getJob(console.ctx, id), refusal('job_not_found'));
  });
});
