import assert from 'node:assert/strict';
import { z } from 'zod';
import { bulkAnswer, bulkStoreSchema } from '#console/tenants/bulk-actions/schemas.ts';
import { getTenant } from '#domain/tenants/index.ts';
import { apiOf, type Api } from '#tests/support/console-api.ts';
import { openTestConsole, type TestConsole } from '#tests/support/console.ts';
import { addManyTenants } from '#tests/support/many-tenants.ts';

describe('/api/v1/tenant-bulk-actions', function () {
  this.timeout(40_000);
  let console: TestConsole;
  let api: Api;

  before(async () => {
    console = await openTestConsole();
    await addManyTenants(console, 300);
    api = await apiOf(console, 'on_call');
  });
  after(() => console?.stop());

  const statusOf = async (slug: string) => (await getTenant(console.ctx, slug)).status;

  it('plans without doing, lists exactly the files, and does what was planned once it is confirmed', async () => {
    const body = { action: 'suspend', filter: { q: 'loja-2', status: 'live' }, dry_run: true };
    const { plan, job } = (await api.post('/tenant-bulk-actions').send(body).expect(200)).body;
    assert.deepEqual([job, plan.stores, plan.files, plan.confirmed_at], [null, 105, 105, null]);

    const items: { slug: string; files: { edge: string }[] }[] = [];
    for (let cursor: string | null = ''; cursor !== null;) {
      const page: { items: typeof items; next_cursor: string | null } = (
        await api.get(`/tenant-bulk-actions/${plan.id}/stores?cursor=${cursor}`).expect(200)
      ).body;
      for (const item of page.items) z.strictObject(bulkStoreSchema.shape).parse(item);
      items.push(...page.items);
      cursor = page.next_cursor;
    }
    assert.equal(items.length, 105);
    assert.deepEqual(
      items[0]!.files.map((file) => file.edge),
      ['edge-many'],
    );
    assert.equal(await statusOf('loja-2'), 'live');

    const done = await api.post(`/tenant-bulk-actions/${plan.id}/confirmation`).send({ reason: 'unpaid' }).expect(202);
    z.strictObject(bulkAnswer.shape).parse(done.body);
    assert.equal(done.headers.location, `/api/v1/jobs/${done.body.job.id}`);
    assert.equal(await statusOf('loja-2'), 'suspended');
    const shown = (await api.get(`/tenant-bulk-actions/${plan.id}`).expect(200)).body;
    assert.equal(shown.job_id, done.body.job.id);
    const again = await api.post(`/tenant-bulk-actions/${plan.id}/confirmation`).send({}).expect(409);
    assert.deepEqual([again.body.code, again.body.job_id], ['bulk_plan_confirmed', done.body.job.id]);
  });

  it('does it at once by slugs, and tells who is left alone', async () => {
    const body = { action: 'suspend', slugs: ['loja-1', 'loja-20'], reason: 'unpaid' };

    const { plan } = (await api.post('/tenant-bulk-actions').send(body).expect(202)).body;

    assert.deepEqual([plan.stores, plan.refused], [1, 1]);
    const refused = (await api.get(`/tenant-bulk-actions/${plan.id}/stores?which=refused`).expect(200)).body.items;
    assert.deepEqual(
      refused.map((store: { slug: string; refusal: string }) => [store.slug, store.refusal]),
      [['loja-20', 'tenant_already_suspended']],
    );
  });

  it('names what is wrong with a request', async () => {
    const bad = (body: object) => api.post('/tenant-bulk-actions').send(body);

    assert.equal((await bad({ action: 'suspend' }).expect(422)).body.errors[0].path, 'slugs');
    assert.equal((await bad({ action: 'suspend', slugs: ['x'], filter: {} }).expect(422)).body.errors[0].path, 'slugs');
    assert.equal((await bad({ action: 'close', filter: {} }).expect(422)).body.errors[0].path, 'action');
    const unknown = await bad({ action: 'suspend', slugs: ['loja-1', 'ghost'] }).expect(422);
    assert.deepEqual([unknown.body.code, unknown.body.errors[0].path], ['tenant_not_found', 'slugs.1']);
    const none = await bad({ action: 'resume', slugs: ['loja-4'] }).expect(409);
    assert.equal(none.body.code, 'bulk_plan_empty');
    await api.get('/tenant-bulk-actions/01939b1e-0000-7000-8000-0000000000ff').expect(404);
  });

  it('takes ten thousand slugs in one request, from whoever has a token', async () => {
    const slugs = Array.from({ length: 10_000 }, (_, index) => `a-store-of-quite-a-long-name-${index}`);

    const answer = await api.post('/tenant-bulk-actions').send({ action: 'publish', slugs }).expect(422);

    assert.equal(answer.body.code, 'tenant_not_found');
  });
});
