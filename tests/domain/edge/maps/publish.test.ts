import assert from 'node:assert/strict';
import { listOpenAlerts } from '#domain/alerts/index.ts';
import { listRevisions, lookForDrift, listDrift, publishMaps } from '#domain/edge/index.ts';
import { live, openPublisher, type Publisher, type Store } from '#tests/support/publisher.ts';
import { askEdge } from '#tests/support/ops.ts';
import { getForHost } from '#platform/http/host-request.ts';

describe('the maps of an edge', function () {
  this.timeout(60_000);
  let publisher: Publisher;
  let stores: Store[];

  beforeEach(async () => {
    publisher = await openPublisher();
    stores = await publisher.addStores(['acme', 'bravo']);
    await publisher.publish(live(stores));
  });
  afterEach(() => publisher?.close());

  const publish = async (slugs?: string[]) => {
    const jobId = await publisher.newJob();
    const order = { jobId, author: 'olivia', reason: 'a test', signal: publisher.signal };
    return publishMaps(publisher.ctx, { ...order, ...(slugs && { slugs }) });
  };
  const addAlias = (slug: string, { tenantId }: Store) =>
    publisher.ctx.db('platform.slugs').insert({ slug, tenant_id: tenantId, kind: 'alias', reserved_at: new Date() });
  const addDomain = (host: string, { tenantId }: Store) =>
    publisher.ctx.db('platform.domains').insert({
      host,
      tenant_id: tenantId,
      status: 'verified',
      token: 'x',
      added_by: 'olivia',
      created_at: new Date(),
      verified_at: new Date(),
      verified_by: 'dns',
    });
  const reloads = () => publisher.ctx.db('platform.edge_reloads').orderBy('at');
  const ask = (host: string, path: string) =>
    getForHost(publisher.edge.url, { host, path, timeoutMs: 2000, signal: publisher.signal });

  it('lead an old name to the new one, and a store’s own domain to the store', async () => {
    await addAlias('velha', stores[0]!);
    await addDomain('www.bravo.example', stores[1]!);

    await publish();

    const old = await askEdge(publisher.edge, 'velha', '/web/quotes?page=2');
    assert.equal(old.status, 308);
    assert.match(old.headers.location ?? '', /^http:\/\/acme\.localhost:\d+\/web\/quotes\?page=2$/);
    assert.match((await ask('www.bravo.example', '/tenant.json')).body, /"slug":"bravo"/);
    assert.equal((await ask('www.other.example', '/tenant.json')).status, 404);
  });

  it('are not reloaded when they say so already', async () => {
    await publish();
    await publish();

    assert.equal((await reloads()).length, 1);
    assert.deepEqual(
      (await listRevisions(publisher.ctx, { limit: 9 })).map(({ kind }) => kind),
      ['maps', 'tenants'],
    );
  });

  it('serve many who ask at once with few reloads, two seconds apart', async () => {
    await publish();
    await Promise.all(
      ['velha-1', 'velha-2', 'velha-3', 'velha-4', 'velha-5'].map((slug) => addAlias(slug, stores[0]!)),
    );

    await Promise.all(Array.from({ length: 5 }, () => publish(['acme'])));

    const times = (await reloads()).map(({ at }) => (at as Date).getTime());
    assert.equal(times.length, 2);
    assert.ok(times[1]! - times[0]! >= 2000, `${times[1]! - times[0]!} ms apart`);
    assert.equal((await askEdge(publisher.edge, 'velha-5', '/')).status, 308);
  });

  it('go out without the one store that nginx refuses, which is named', async () => {
    await publish();
    // Two stores on one host: the database forbids it, and nginx would not start with it.
    await publisher.console.asSuperuser('drop index platform.domains_by_host');
    await addDomain('www.acme.example', stores[0]!);
    await publish();
    await addDomain('www.acme.example', stores[1]!);
    await addAlias('velha', stores[0]!);

    await publish(['acme']);

    assert.equal((await askEdge(publisher.edge, 'velha', '/')).status, 308);
    await assert.rejects(publish(['bravo']), { code: 'edge_maps_refused' });
    const alerts = await listOpenAlerts(publisher.ctx);
    assert.deepEqual(
      alerts.map(({ title }) => title),
      ['nginx refuses the names or the limit of bravo'],
    );
    assert.equal((await askEdge(publisher.edge, 'bravo', '/tenant.json')).status, 200);
  });

  it('are seen when somebody edits them by hand, and are not overwritten', async () => {
    await publish();
    const { readlink, appendFile } = await import('node:fs/promises');
    const current = `${publisher.edge.dir}/maps/${await readlink(`${publisher.edge.dir}/maps/current`)}`;
    await appendFile(`${current}/lines`, 'alias by-hand acme\n');
    await addAlias('velha', stores[0]!);

    await lookForDrift(publisher.ctx);

    assert.deepEqual(
      (await listDrift(publisher.ctx)).map(({ kind }) => kind),
      ['maps'],
    );
    await assert.rejects(publish(), { code: 'edge_drifted' });
  });
});
