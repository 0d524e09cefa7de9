import assert from 'node:assert/strict';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { listOpenAlerts } from '#domain/alerts/index.ts';
import {
  confirmRevisions,
  listRevisions,
  openRevisions,
  publishChanges,
  revertRevisions,
  sendRevisions,
} from '#domain/edge/index.ts';
import { live, openPublisher, type Publisher, type Store } from '#tests/support/publisher.ts';
import { askEdge } from '#tests/support/ops.ts';

const slugsOf = (from: number, count: number) => Array.from({ length: count }, (_, index) => `loja-${from + index}`);

describe('a publication of stores', function () {
  this.timeout(60_000);
  let publisher: Publisher;

  beforeEach(async () => {
    publisher = await openPublisher();
  });
  afterEach(() => publisher?.close());

  const rename = (store: Store, name: string) =>
    publisher.ctx.db('platform.tenants').where({ id: store.tenantId }).update({ name });
  const served = async (slug: string) => JSON.parse((await askEdge(publisher.edge, slug, '/tenant.json')).body).name;
  const fileOf = (slug: string) => join(publisher.edge.tenantsDir, `${slug}.json`);

  it('makes many live by one numbered revision, and sends next time only what changed', async () => {
    const stores = await publisher.addStores(slugsOf(1, 40));

    const first = await publisher.publish(live(stores));
    await rename(stores[7]!, 'Outra');
    const second = await publisher.publish(live(stores));

    assert.deepEqual([first.files, first.failures, second.files], [40, [], 1]);
    assert.equal(await served(stores[7]!.slug), 'Outra');
    const revisions = await listRevisions(publisher.ctx, { limit: 10 });
    assert.deepEqual(
      revisions.map(({ files, outcome, slug }) => [files, outcome, slug]),
      [
        [1, 'confirmed', stores[7]!.slug],
        [40, 'confirmed', undefined],
      ],
    );
  });

  it('names the one bad store of many, and the others go live', async () => {
    const stores = await publisher.addStores(slugsOf(1, 30));
    await publisher.ctx.db('platform.tenants').where({ id: stores[12]!.tenantId }).update({ locale: 'x' });

    const report = await publisher.publish(live(stores));

    assert.deepEqual(
      report.failures.map(({ slug, error }) => [slug, error.code]),
      [['loja-13', 'tenant_document_invalid']],
    );
    assert.equal((await readdir(publisher.edge.tenantsDir)).length, 29);
    const [revision] = await listRevisions(publisher.ctx, { limit: 1 });
    assert.deepEqual([revision?.outcome, revision?.failed], ['partial', 1]);
    assert.deepEqual(
      (await listOpenAlerts(publisher.ctx)).map(({ title }) => title),
      ['loja-13 could not be published'],
    );

    await publisher.ctx.db('platform.tenants').where({ id: stores[12]!.tenantId }).update({ locale: 'pt-BR' });
    await publisher.publish(live(stores));
    assert.deepEqual(await listOpenAlerts(publisher.ctx), []);
    assert.equal(await served('loja-13'), 'Loja loja-13');
  });

  it('finds by halving the file that the edge itself refuses, and the others go live', async () => {
    const stores = await publisher.addStores(slugsOf(1, 17));
    const jobId = await publisher.newJob();
    const order = { jobId, purpose: 'publish', author: 'olivia', reason: 'a test', signal: publisher.signal };
    await openRevisions(publisher.ctx, { ...order, changes: live(stores) });
    // As a fault on the way would: no role of ours may rewrite a revision.
    const breakHash = `update platform.edge_revision_files set sha256 = repeat('0', 64) where slug = 'loja-5'`;
    await publisher.console.asSuperuser(breakHash);

    const report = await publishChanges(publisher.ctx, { ...order, changes: live(stores) });

    assert.deepEqual(
      report.failures.map(({ slug, error }) => [slug, error.code]),
      [['loja-5', 'agent_refused']],
    );
    assert.equal((await readdir(publisher.edge.tenantsDir)).length, 16);
  });

  it('overwrites nothing that was changed by hand, alone or among others', async () => {
    const stores = await publisher.addStores(['acme', 'bravo', 'carla']);
    await publisher.publish(live(stores));
    await writeFile(fileOf('bravo'), '{"slug":"bravo","name":"By hand"}');
    for (const store of stores) await rename(store, 'New');

    await assert.rejects(publisher.publish(live([stores[1]!])), { code: 'edge_drifted' });
    const report = await publisher.publish(live(stores));

    assert.deepEqual(
      report.failures.map(({ slug, error }) => [slug, error.code]),
      [['bravo', 'edge_drifted']],
    );
    assert.match(await readFile(fileOf('bravo'), 'utf8'), /By hand/);
    assert.deepEqual([await served('acme'), await served('carla')], ['New', 'New']);
  });

  it('gives way to a newer publication of the same store', async () => {
    const [store] = await publisher.addStores(['acme']);
    const order = { purpose: 'publish', author: 'olivia', reason: 'a test', signal: publisher.signal };
    const changes = live([store!]);
    const [slow, fast] = [await publisher.newJob(), await publisher.newJob()];
    await openRevisions(publisher.ctx, { ...order, jobId: slow, changes });
    await rename(store!, 'Newer');
    await publishChanges(publisher.ctx, { ...order, jobId: fast, changes });

    await sendRevisions(publisher.ctx, { ...order, jobId: slow });
    await confirmRevisions(publisher.ctx, { ...order, jobId: slow, changes });

    assert.equal(await served('acme'), 'Newer');
    const files = await publisher.ctx.db('platform.edge_revision_files').orderBy('revision').pluck('outcome');
    assert.deepEqual(files, ['superseded', 'confirmed']);
  });

  it('goes on where an earlier one never heard the edge’s answer', async () => {
    const [store] = await publisher.addStores(['acme']);
    await publisher.publish(live([store!]));
    const before = await publisher.ctx.db('platform.edge_files').first();
    await rename(store!, 'Lost answer');
    await publisher.publish(live([store!]));
    // As if the process had died between the edge's answer and its writing down.
    await publisher.ctx.db('platform.edge_files').update({ ...before });
    await publisher.ctx
      .db('platform.edge_revision_files')
      .whereNot({ revision: before.revision })
      .update({ outcome: 'sent' });
    await rename(store!, 'Third');

    await publisher.publish(live([store!]));

    assert.equal(await served('acme'), 'Third');
  });

  it('takes back many at once, to what each place held before', async () => {
    const stores = await publisher.addStores(['acme', 'bravo', 'carla']);
    await publisher.publish(live(stores.slice(0, 2)));
    for (const store of stores) await rename(store, 'New');
    const jobId = await publisher.newJob();
    const order = { jobId, purpose: 'publish', author: 'olivia', reason: 'a test', signal: publisher.signal };
    await publishChanges(publisher.ctx, { ...order, changes: live(stores) });

    await revertRevisions(publisher.ctx, { ...order, reason: 'cancelled' });

    assert.deepEqual([await served('acme'), await served('bravo')], ['Loja acme', 'Loja bravo']);
    assert.equal((await askEdge(publisher.edge, 'carla', '/tenant.json')).status, 404);
    const [revision] = await listRevisions(publisher.ctx, { limit: 1 });
    assert.deepEqual([revision?.outcome, revision?.error], ['failed', { code: 'reverted', message: 'cancelled' }]);
  });

  it('closes and withdraws as it opens', async () => {
    const [store] = await publisher.addStores(['acme']);
    await publisher.publish(live([store!]));

    await publisher.publish([{ ...store!, state: 'suspended' }]);
    assert.equal((await askEdge(publisher.edge, 'acme', '/')).status, 503);
    await publisher.publish([{ ...store!, state: 'absent' }]);

    assert.equal((await askEdge(publisher.edge, 'acme', '/tenant.json')).status, 404);
    assert.deepEqual(await publisher.ctx.db('platform.edge_files'), []);
  });
});
