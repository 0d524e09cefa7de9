import assert from 'node:assert/strict';
import fc from 'fast-check';
import { planPending, readEdges, requestPublication } from '#domain/edge/index.ts';
import { getJob } from '#domain/jobs/index.ts';
import type { Tenant } from '#domain/tenants/index.ts';
import { openConsoleDatabase, type ConsoleDatabase } from '#tests/support/console-database.ts';
import { addLiveStore, asLive, enrolPaperEdge, payloadOf, publishOnPaper } from '#tests/support/edge-rows.ts';
import { addManyTenants } from '#tests/support/many-tenants.ts';

describe('the plan of what is pending', function () {
  this.timeout(60_000);
  let database: ConsoleDatabase;
  let stores: Tenant[];

  beforeEach(async () => {
    database = await openConsoleDatabase();
    await enrolPaperEdge(database.ctx);
    stores = [];
    for (const slug of ['acme', 'bravo', 'carla']) stores.push(await addLiveStore(database.ctx, slug));
    await publishOnPaper(database.ctx, stores.map(asLive));
  });
  afterEach(() => database?.drop());

  const tenants = (index: number) => database.ctx.db('platform.tenants').where({ id: stores[index]!.id });
  const branding = (index: number) =>
    database.ctx.db('platform.tenant_branding').where({ tenant_id: stores[index]!.id });
  const planned = async () => (await planPending(database.ctx)).files;
  const counted = async () => (await readEdges(database.ctx)).map(({ pending }) => pending.stores);

  it('is empty while the edges have what the database says', async () => {
    assert.deepEqual(await planned(), []);
    assert.deepEqual(await counted(), [0]);
  });

  const changes: [string, () => Promise<unknown>][] = [
    ['name', () => tenants(1).update({ name: 'Outra' })],
    ['status', () => tenants(1).update({ status: 'suspended' })],
    ['locale', () => tenants(1).update({ locale: 'en' })],
    ['currency', () => tenants(1).update({ currency: 'USD' })],
    ['timezone', () => tenants(1).update({ timezone: 'America/Bahia' })],
    ['primary_color', () => branding(1).update({ primary_color: '#000000' })],
    ['secondary_color', () => branding(1).update({ secondary_color: '#000000' })],
    ['logo_url', () => branding(1).update({ logo_url: 'https://logo.test/a.png' })],
    ['features', () => branding(1).update({ features: '{"delivery":false}' })],
    ['theme_version', () => branding(1).update({ theme_version: 9 })],
  ];
  for (const [field, change] of changes)
    it(`shows a changed ${field}, in the count as in the plan`, async () => {
      await change();

      const files = await planned();

      assert.deepEqual(
        files.map(({ edge, slug, action, differences }) => [edge, slug, action, differences.map((it) => it.field)]),
        [['edge-1', 'bravo', 'put', [field]]],
      );
      assert.deepEqual(await counted(), [1]);
    });

  it('shows every store on an edge that is new, and a store that is new on every edge', async () => {
    await enrolPaperEdge(database.ctx, 'edge-2');
    await addLiveStore(database.ctx, 'delta');

    const files = (await planned()).map(({ edge, slug }) => `${slug} ${edge}`);

    assert.deepEqual(files, ['acme edge-2', 'bravo edge-2', 'carla edge-2', 'delta edge-1', 'delta edge-2']);
    assert.deepEqual(await counted(), [1, 4]);
  });

  it('leaves out what a probe has not seen, and stores that are not to be served', async () => {
    await database.ctx.db('platform.edge_files').update({ confirmed_at: null, probe_error: 'it answered 502' });
    await tenants(0).update({ status: 'archived', name: 'Gone' });

    assert.deepEqual(await planned(), []);
    assert.deepEqual(await counted(), [0]);
  });

  it('names a document that cannot be published', async () => {
    await tenants(2).update({ currency: 'REAIS' });

    assert.match((await planned())[0]?.fault ?? '', /not valid: currency/);
  });

  it('lists exactly the files that a publication then writes', async () => {
    const words = fc.constantFrom('Loja acme', 'A', 'B', 'C');
    await fc.assert(
      fc.asyncProperty(fc.array(words, { minLength: 3, maxLength: 3 }), async (names) => {
        for (const [index, name] of names.entries()) await tenants(index).update({ name });
        const plan = await planPending(database.ctx);

        const revisions = await publishOnPaper(database.ctx, plan.changes);

        const written = await database.ctx
          .db('platform.edge_revision_files')
          .whereIn('revision', revisions)
          .orderBy('slug')
          .pluck('slug');
        assert.deepEqual(
          plan.files.map((file) => file.slug),
          written,
        );
        assert.deepEqual(await planned(), []);
      }),
      { numRuns: 12 },
    );
  });

  it('tells the first thousand files of very many, counts all, and knows each of them', async () => {
    await addManyTenants(database, 1100);
    const plan = await planPending(database.ctx);
    const served = await database.ctx.db('platform.tenants').whereIn('status', ['live', 'suspended']).pluck('id');

    assert.equal(plan.changes.length, served.length);
    assert.equal(plan.fileCount, 2 * served.length - stores.length, 'of two edges, one has its stores already');
    assert.equal(plan.files.length, 1000);
    const last = plan.changes.at(-1)!;
    assert.ok(plan.files.every((file) => file.slug < last.slug));
    await database.ctx.db('platform.tenants').where({ id: last.tenantId }).update({ name: 'Outra' });
    assert.notEqual((await planPending(database.ctx)).fingerprint, plan.fingerprint);
  });

  describe('publishing it', () => {
    it('asks for one job for the stores and one for the maps, and audits both', async () => {
      await tenants(1).update({ name: 'Outra', plan: 'plus' });

      const { jobIds } = await requestPublication(database.ctx, { reason: 'the edge was away' });

      const jobs = await Promise.all(jobIds.map((id) => getJob(database.ctx, id)));
      assert.deepEqual(
        jobs.map(({ kind, subject }) => [kind, subject]),
        [
          ['tenants.publish', 'store bravo'],
          ['edge.publish_maps', 'edge maps'],
        ],
      );
      const reason = 'the edge was away';
      assert.deepEqual(await payloadOf(database.ctx, jobIds[0]!), { tenantIds: [stores[1]!.id], reason });
      assert.deepEqual(await payloadOf(database.ctx, jobIds[1]!), { reason });
      const [audited] = await database.ctx.db('platform.audit_log').where({ action: 'edge.publication_requested' });
      assert.deepEqual(audited.after, { stores: ['bravo'], maps: ['edge-1'], reason: 'the edge was away' });
    });

    it('is refused when nothing is pending, when the plan changed, and for a store that is not served', async () => {
      const publish = (order: object) => requestPublication(database.ctx, { reason: 'test', ...order });
      await assert.rejects(publish({}), { code: 'nothing_to_publish' });
      await assert.rejects(publish({ slugs: ['nobody', 'acme'] }), { code: 'store_not_served' });
      await tenants(0).update({ name: 'Outra' });
      const { fingerprint } = await planPending(database.ctx);
      await tenants(1).update({ name: 'Mais uma' });

      await assert.rejects(publish({ shown: fingerprint }), { code: 'plan_changed' });

      const jobs = await database.ctx.db('platform.jobs').where({ kind: 'tenants.publish' });
      assert.deepEqual(jobs, []);
    });
  });
});
