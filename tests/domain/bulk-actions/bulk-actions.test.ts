import assert from 'node:assert/strict';
import {
  confirmBulkAction,
  countRefusals,
  getBulkPlan,
  listBulkStores,
  planBulkAction,
  type BulkAction,
  type BulkSelection,
} from '#domain/bulk-actions/index.ts';
import { getJob, requestCancel } from '#domain/jobs/index.ts';
import { getTenant, resumeTenant, suspendTenant } from '#domain/tenants/index.ts';
import { openConsoleDatabase, type ConsoleDatabase } from '#tests/support/console-database.ts';
import { addManyTenants } from '#tests/support/many-tenants.ts';
import { payloadOf } from '#tests/support/ops.ts';

describe('an action on many stores', function () {
  this.timeout(60_000);
  let console: ConsoleDatabase;

  before(async () => {
    console = await openConsoleDatabase();
    await addManyTenants(console, 10_001);
  });
  after(() => console?.drop());

  const plan = (action: BulkAction, selection: BulkSelection) => planBulkAction(console.ctx, { action, selection });
  const confirm = (planId: string) => confirmBulkAction(console.ctx, planId, { reason: 'unpaid' });
  const slugsOf = async (planId: string, which: 'meant' | 'refused' | 'changed') =>
    (await listBulkStores(console.ctx, planId, { which, limit: 100 })).map((store) => store.slug);
  const statusOf = async (slug: string) => (await getTenant(console.ctx, slug)).status;
  const auditOf = (slug: string) =>
    console.ctx.db('platform.audit_log').where({ subject_label: slug }).orderBy('id').pluck<string[]>('action');

  it('names each store that its state refuses, with the reason it has for the store alone', async () => {
    const planId = await plan('suspend', { filter: { search: 'loja-40' } });

    assert.deepEqual(await countRefusals(console.ctx, planId), [
      { code: 'tenant_already_suspended', count: 5 },
      { code: 'tenant_failed', count: 2 },
    ]);
    const { counts } = await getBulkPlan(console.ctx, planId);
    assert.deepEqual(counts, { stores: 104, refused: 7, changed: 0, files: 104, people: 312 });
  });

  it('refuses nobody, too many, and names that no store has', async () => {
    await assert.rejects(plan('publish', { filter: { search: 'nobody' } }), { code: 'no_stores' });
    await assert.rejects(plan('publish', { filter: {} }), { code: 'too_many_stores' });
    await assert.rejects(plan('publish', { slugs: ['ghost'] }), {
      code: 'tenant_not_found',
      fields: [{ path: 'slugs.0', code: 'tenant_not_found', message: 'There is no store ghost.' }],
    });
  });

  it('changes statuses, writes audit rows and asks for one job, and can be confirmed once', async () => {
    const planId = await plan('suspend', { filter: { search: 'loja-777' } });

    const { jobId, changed } = await confirm(planId);

    const meant = await slugsOf(planId, 'meant');
    assert.deepEqual(changed, []);
    assert.ok(meant.includes('loja-777') && meant.includes('loja-7779'));
    for (const slug of meant) {
      assert.equal(await statusOf(slug), 'suspended');
      assert.deepEqual(await auditOf(slug), ['tenant.suspended']);
    }
    const job = await getJob(console.ctx, jobId);
    assert.deepEqual([job.kind, job.subject], ['tenants.suspend', `${meant.length} stores`]);
    const { tenantIds, reason } = await payloadOf(console.ctx, jobId);
    assert.deepEqual([(tenantIds as string[]).length, reason], [meant.length, 'unpaid']);
    await assert.rejects(confirm(planId), { code: 'bulk_plan_confirmed', members: { job_id: jobId } });
  });

  it('is about the stores that matched when it was planned, and leaves alone by name what changed since', async () => {
    const planId = await plan('suspend', { filter: { search: 'loja-333' } });
    const planned = await slugsOf(planId, 'meant');
    await suspendTenant(console.ctx, 'loja-3331', { reason: 'by hand' });
    await console.ctx.db('platform.tenants').where({ slug: 'loja-3332' }).update({ name: 'Another name' });
    await console.ctx.db('platform.tenants').where({ slug: 'loja-9' }).update({ name: 'loja-333 too' });

    const { changed } = await confirm(planId);

    assert.deepEqual(changed, ['loja-3331', 'loja-3332']);
    assert.deepEqual(await slugsOf(planId, 'changed'), ['loja-3331', 'loja-3332']);
    assert.equal(await statusOf('loja-3332'), 'live');
    assert.equal(await statusOf('loja-9'), 'live');
    assert.deepEqual(
      (await slugsOf(planId, 'meant')).toSorted(),
      planned.filter((slug) => !changed.includes(slug)).toSorted(),
    );
  });

  it('does nothing at all when every store has changed since', async () => {
    const planId = await plan('suspend', { filter: { search: 'loja-5551' } });
    await console.ctx.db('platform.tenants').where({ slug: 'loja-5551' }).update({ status: 'archived' });

    await assert.rejects(confirm(planId), { code: 'bulk_plan_outdated' });

    const { confirmedAt, jobId, counts } = await getBulkPlan(console.ctx, planId);
    assert.deepEqual([confirmedAt, jobId, counts.changed], [undefined, undefined, 0]);
  });

  it('does not resume what is being resumed, alone or among others', async () => {
    const planId = await plan('resume', { filter: { search: 'loja-1020' } });
    const { jobId } = await confirm(planId);
    const { jobId: alone } = await resumeTenant(console.ctx, 'loja-1040');

    const again = await plan('resume', { filter: { status: 'suspended', search: 'loja-10' } });

    assert.deepEqual(
      (await slugsOf(again, 'refused')).filter((slug) => /^loja-10[24]0$/.test(slug)),
      ['loja-1020', 'loja-1040'],
    );
    assert.deepEqual(await auditOf('loja-1020'), ['tenant.resumed']);
    await requestCancel(console.ctx, jobId);
    await requestCancel(console.ctx, alone);
  });

  it('publishes only what an edge lacks', async () => {
    await console.asSuperuser(
      `update platform.edge_files f set content_sha256 = repeat('1', 64), confirmed_at = null where f.slug = 'loja-6001'`,
    );

    const planId = await plan('publish', { filter: { search: 'loja-6001' } });

    assert.deepEqual(await slugsOf(planId, 'meant'), ['loja-6001']);
  });

  it('takes ten thousand stores at once', async () => {
    const ids = await console.ctx.db('platform.tenants').where({ status: 'live' }).limit(10_000).pluck<string[]>('id');
    const planId = await plan('suspend', { tenantIds: ids });
    const { jobId } = await confirm(planId);

    const { tenantIds } = await payloadOf(console.ctx, jobId);
    assert.equal((tenantIds as string[]).length, ids.length);
    assert.equal((await console.ctx.db('platform.tenants').where({ status: 'live' })).length, 0);
  });
});
