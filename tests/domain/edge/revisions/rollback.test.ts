import assert from 'node:assert/strict';
import {
  findMapsDiff,
  getRevision,
  listFileDiffs,
  listRevisions,
  planPublication,
  planRollback,
  publishMaps,
  rollBackTenant,
  rollBackTo,
  watchStores,
} from '#domain/edge/index.ts';
import { getJob } from '#domain/jobs/index.ts';
import { getTenant, updateTenant } from '#domain/tenants/index.ts';
import { live, openPublisher, type Publisher, type Store } from '#tests/support/publisher.ts';
import { askEdge } from '#tests/support/ops.ts';

describe('the revisions of the edge', function () {
  this.timeout(60_000);
  let publisher: Publisher;
  let stores: Store[];

  beforeEach(async () => {
    publisher = await openPublisher();
    stores = await publisher.addStores(['acme', 'bravo', 'carla']);
    await publisher.publish(live(stores));
  });
  afterEach(() => publisher?.close());

  const update = (slug: string, changes: Parameters<typeof updateTenant>[2]['changes']) =>
    updateTenant(publisher.ctx, slug, { changes });
  const newest = async () => (await listRevisions(publisher.ctx, { limit: 1 }))[0]!;
  /** What the job of a rollback would do, without a worker. */
  const runJob = async (jobId: string) => {
    assert.equal((await getJob(publisher.ctx, jobId)).kind, 'tenants.publish');
    const { tenantIds: ids } = await publisher.payloadOf<{ tenantIds: string[] }>(jobId);
    return publisher.publish(live(stores.filter((store) => ids.includes(store.tenantId))));
  };

  it('tell field by field what each changed, and whose it was', async () => {
    await update('bravo', { name: 'Bravo Novo', branding: { primaryColor: '#00695c' } });
    await publisher.publish(live(stores));

    const { number, slug, author, files } = await newest();

    assert.deepEqual([slug, author, files], ['bravo', 'olivia', 1]);
    assert.equal((await getRevision(publisher.ctx, number)).outcome, 'confirmed');
    const [diff] = await listFileDiffs(publisher.ctx, { revision: number, limit: 10 });
    assert.deepEqual(diff?.differences, [
      { field: 'name', before: 'Loja bravo', after: 'Bravo Novo' },
      { field: 'primary_color', before: '#1a73e8', after: '#00695c' },
      { field: 'theme_version', before: 1, after: 2 },
    ]);
  });

  it('are planned exactly: what is planned is what then changes', async () => {
    await update('bravo', { name: 'Bravo Novo' });
    const changes = [...live(stores.slice(0, 2)), { ...stores[2]!, state: 'suspended' as const }];

    const planned = await planPublication(publisher.ctx, changes);
    await publisher.publish(changes);

    const done = await listFileDiffs(publisher.ctx, { revision: (await newest()).number, limit: 10 });
    assert.deepEqual(
      planned.map(({ slug, differences }) => [slug, differences]),
      done.map(({ slug, differences }) => [slug, differences]),
    );
    assert.deepEqual(await planPublication(publisher.ctx, changes), []);
  });

  it('bring one store back to what it said before, as a new revision', async () => {
    const { number } = await newest();
    await update('bravo', { name: 'A mistake' });
    await publisher.publish(live(stores));

    await runJob(await rollBackTenant(publisher.ctx, { idOrSlug: 'bravo', revision: number }));

    assert.equal((await getTenant(publisher.ctx, 'bravo')).name, 'Loja bravo');
    assert.match((await askEdge(publisher.edge, 'bravo', '/tenant.json')).body, /Loja bravo/);
    assert.ok((await newest()).number > number + 1, 'history is not rewritten');
    await assert.rejects(rollBackTenant(publisher.ctx, { idOrSlug: 'bravo', revision: number }), {
      code: 'nothing_to_roll_back',
    });
    await assert.rejects(rollBackTenant(publisher.ctx, { idOrSlug: 'bravo', revision: 999 }), {
      code: 'revision_not_found',
    });
  });

  it('bring the whole edge back to a moment, changing only what differs', async () => {
    const before = new Date();
    await update('acme', { name: 'Wrong' });
    await update('bravo', { branding: { secondaryColor: '#000000' } });
    await publisher.publish(live(stores));

    const { items } = await planRollback(publisher.ctx, before);
    await runJob(await rollBackTo(publisher.ctx, before));

    assert.deepEqual(
      items.map(({ slug }) => slug),
      ['acme', 'bravo'],
    );
    assert.equal((await getTenant(publisher.ctx, 'acme')).name, 'Loja acme');
    assert.deepEqual((await planRollback(publisher.ctx, before)).items, []);
    assert.equal((await publisher.ctx.db('platform.audit_log').where({ action: 'tenant.rolled_back' })).length, 2);
  });

  it('say which lines of the maps were added and taken away', async () => {
    const order = { author: 'olivia', reason: 'a test', signal: publisher.signal };
    await publishMaps(publisher.ctx, { ...order, jobId: await publisher.newJob() });
    const { tenantId } = stores[0]!;
    await publisher.ctx
      .db('platform.slugs')
      .insert({ slug: 'velha', tenant_id: tenantId, kind: 'alias', reserved_at: new Date() });
    await publishMaps(publisher.ctx, { ...order, jobId: await publisher.newJob() });

    assert.deepEqual(await findMapsDiff(publisher.ctx, (await newest()).number), {
      removed: [],
      added: ['alias velha acme'],
    });
  });

  it('are watched: a store that stops being served is known, and known again when it is back', async () => {
    const errors = () => publisher.ctx.db('platform.edge_files').orderBy('slug').pluck('probe_error');
    const forget = () => publisher.ctx.db('platform.edge_files').update({ probed_at: null });
    await forget();
    await publisher.edge.stopNginx();
    await watchStores(publisher.ctx);
    const during = await errors();
    await publisher.edge.startNginx();
    await forget();
    await watchStores(publisher.ctx);

    assert.equal(during.filter((error) => /does not answer/.test(error as string)).length, 3);
    assert.deepEqual(await errors(), [null, null, null]);
  });
});
