import assert from 'node:assert/strict';
import { z } from 'zod';
import * as schemas from '#console/edge/schemas.ts';
import { publicationSchema } from '#console/edge/publications/schemas.ts';
import { revisionDetailsSchema, revisionSchema, rollbackSchema } from '#console/edge/revisions/schemas.ts';
import { getTenant, type Tenant } from '#domain/tenants/index.ts';
import { apiOf, type Api } from '#tests/support/console-api.ts';
import { openTestConsole, type TestConsole } from '#tests/support/console.ts';
import {
  addLiveStore,
  asLive,
  enrolPaperEdge,
  findOnPaper,
  lookedOnPaper,
  payloadOf,
  publishOnPaper,
  reloadedOnPaper,
} from '#tests/support/edge-rows.ts';

describe('the edge’s part of the API', function () {
  this.timeout(60_000);
  let console: TestConsole;
  let api: Api;
  let edge: string;
  let stores: Tenant[];
  let first: number;

  beforeEach(async () => {
    console = await openTestConsole();
    api = await apiOf(console, 'operator');
    edge = await enrolPaperEdge(console.ctx);
    stores = [await addLiveStore(console.ctx, 'acme'), await addLiveStore(console.ctx, 'bravo')];
    [first] = (await publishOnPaper(console.ctx, stores.map(asLive), { reason: 'onboarding' })) as [number];
    await lookedOnPaper(console.ctx, edge);
  });
  afterEach(() => console?.stop());

  const rename = (slug: string, name: string) => console.ctx.db('platform.tenants').where({ slug }).update({ name });
  /** The answer, which must be what the document says. */
  const ask = async (path: string, schema: z.ZodType) => {
    const { body } = await api.get(path).expect(200);
    schema.parse(body);
    return body;
  };
  const jobOf = async (answer: { body: { job: { id: string; kind: string } }; headers: Record<string, string> }) => {
    const { job } = answer.body;
    assert.equal(answer.headers.location, `/api/v1/jobs/${job.id}`);
    return { kind: job.kind, payload: await payloadOf(console.ctx, job.id) };
  };

  it('says of every edge whether it serves what we want, and what to do', async () => {
    await rename('bravo', 'Outra');
    await reloadedOnPaper(console.ctx, edge);

    const { items } = await ask('/edges', schemas.edgesSchema);

    const [{ name, status, reasons, next_action, served_revision, pending, nginx }] = items;
    assert.deepEqual([name, status, reasons, next_action], ['edge-1', 'warn', ['pending'], 'publish']);
    assert.deepEqual(
      [served_revision, pending, nginx],
      [first, { stores: 1, maps: false, as_of: pending.as_of }, null],
    );
    const one = await ask('/edges/edge-1', schemas.edgeSchema);
    assert.equal(one.last_reload.duration_ms, 412);
    const missing = await api.get('/edges/nowhere').expect(404);
    assert.equal(missing.body.code, 'edge_not_found');
  });

  it('reloads with a reason, and lists the reloads page by page', async () => {
    const { kind, payload } = await jobOf(
      await api.post('/edges/edge-1/reloads').send({ reason: 'new certificate' }).expect(202),
    );
    assert.deepEqual([kind, payload.reason], ['edge.reload', 'new certificate']);
    for (const reason of ['one', 'two'])
      await reloadedOnPaper(console.ctx, edge, { reason, at: new Date(reason === 'one' ? 1000 : 2000) });

    const page = (await api.get('/edges/edge-1/reloads?limit=1').expect(200)).body;
    const rest = (await api.get(`/edges/edge-1/reloads?limit=1&cursor=${page.next_cursor}`).expect(200)).body;

    assert.deepEqual([page.items[0].reason, rest.items[0].reason, rest.has_more], ['two', 'one', false]);
  });

  describe('drift', () => {
    beforeEach(async () => {
      const { rows } = await console.ctx.db.raw(`select document::text as text from platform.edge_revision_files
                                                  where slug = 'acme'`);
      const found = rows[0].text.replace('Loja acme', 'By hand').replace('"BRL"', '"USD"');
      await findOnPaper(console.ctx, edge, {
        kind: 'edited',
        name: 'acme',
        tenantId: stores[0]!.id,
        actual: 'live:bb',
        found,
      });
      await findOnPaper(console.ctx, edge, { kind: 'foreign', name: 'tenants/core.1' });
    });

    it('comes with its diff and with what can be done about it', async () => {
      const { items } = await ask('/edges/edge-1/drift', schemas.driftSchema);

      const [acme, core] = items.toSorted((a: { name: string }, b: { name: string }) => (a.name < b.name ? -1 : 1));
      assert.deepEqual(acme.differences, [
        { field: 'name', before: 'Loja acme', after: 'By hand', adoptable: true },
        { field: 'currency', before: 'BRL', after: 'USD', adoptable: false },
      ]);
      assert.deepEqual([acme.restorable, acme.adoptable], [true, true]);
      assert.deepEqual([core.restorable, core.bar_to_adoption], [false, 'foreign']);
    });

    it('comes page by page, with the fingerprint of all of it on each', async () => {
      const whole = await ask('/edges/edge-1/drift', schemas.driftSchema);

      const first = await ask('/edges/edge-1/drift?limit=1', schemas.driftSchema);
      const second = await ask(`/edges/edge-1/drift?limit=1&cursor=${first.next_cursor}`, schemas.driftSchema);

      assert.deepEqual([...first.items, ...second.items], whole.items);
      assert.deepEqual([first.has_more, second.has_more], [true, false]);
      assert.deepEqual([first.fingerprint, second.fingerprint], [whole.fingerprint, whole.fingerprint]);
    });

    it('is restored: what is named, or all that was seen', async () => {
      const restore = (body: object) => api.post('/edges/edge-1/restores').send(body);
      const named = await jobOf(await restore({ findings: [{ kind: 'edited', name: 'acme' }] }).expect(202));
      assert.deepEqual(named.payload.findings, [{ kind: 'edited', name: 'acme', actual: 'live:bb' }]);
      const { fingerprint } = (await api.get('/edges/edge-1/drift').expect(200)).body;
      await console.ctx.db('platform.edge_drift').where({ kind: 'edited' }).update({ actual: 'live:cc' });

      const refused = await restore({ shown: fingerprint }).expect(409);
      assert.equal(refused.body.code, 'drift_changed');
      const all = await jobOf(await restore({}).expect(202));

      assert.equal((all.payload.findings as unknown[]).length, 2);
      await restore({ findings: [{ kind: 'deleted', name: 'acme' }] }).expect(404);
    });

    it('is adopted by an operator, not by on-call', async () => {
      const onCall = await apiOf(console, 'on_call');
      await onCall.post('/edges/edge-1/drift-adoptions').send({ name: 'acme' }).expect(403);

      const { kind } = await jobOf(await api.post('/edges/edge-1/drift-adoptions').send({ name: 'acme' }).expect(202));

      assert.equal(kind, 'tenant.publish');
      assert.equal((await getTenant(console.ctx, 'acme')).name, 'By hand');
    });
  });

  it('lists revisions by store and outcome, and shows one with its files', async () => {
    await rename('acme', 'Outra');
    const [second] = (await publishOnPaper(console.ctx, stores.map(asLive))) as [number];

    const all = await ask('/edge-revisions?limit=1', z.object({ items: z.array(revisionSchema) }).loose());
    const next = await api.get(`/edge-revisions?limit=1&cursor=${all.next_cursor}`).expect(200);
    const ofBravo = await api.get('/edge-revisions?store=bravo&outcome=confirmed&edge=edge-1').expect(200);
    const one = await ask(`/edge-revisions/${second}`, revisionDetailsSchema);

    assert.deepEqual([all.items[0].number, next.body.items[0].number, next.body.has_more], [second, first, false]);
    assert.deepEqual([ofBravo.body.items.length, ofBravo.body.items[0].number], [1, first]);
    assert.deepEqual(one.file_diffs.items[0].differences, [{ field: 'name', before: 'Loja acme', after: 'Outra' }]);
    await api.get('/edge-revisions?store=nobody').expect(404);
    await api.get('/edge-revisions/999').expect(404);
    await api.get('/edge-revisions/x').expect(422);
  });

  it('plans a rollback when told to, does it when not, and refuses another plan than was shown', async () => {
    const at = new Date().toISOString();
    await rename('acme', 'Wrong');
    const roll = (body: object) => api.post('/edge-rollbacks').send(body);

    const plan = (await roll({ at, dry_run: true }).expect(200)).body;
    rollbackSchema.parse(plan);
    assert.deepEqual(
      plan.plan.items.map((item: { slug: string }) => item.slug),
      ['acme'],
    );
    assert.equal((await getTenant(console.ctx, 'acme')).name, 'Wrong');
    await rename('bravo', 'Wrong too');
    assert.equal((await roll({ at, shown: plan.plan.fingerprint }).expect(409)).body.code, 'plan_changed');
    await roll({ at: 'yesterday' }).expect(422);
    const done = await roll({ at, reason: 'a slip' }).expect(202);

    assert.equal(done.body.job.kind, 'tenants.publish');
    assert.equal((await getTenant(console.ctx, 'bravo')).name, 'Loja bravo');
    assert.equal((await roll({ at }).expect(409)).body.code, 'nothing_to_roll_back');
  });

  it('rolls one store back', async () => {
    await rename('acme', 'Wrong');
    const roll = (body: object) => api.post('/tenants/acme/rollbacks').send(body);
    await roll({ revision: first, dry_run: true }).expect(200);

    await roll({ revision: first }).expect(202);

    assert.equal((await getTenant(console.ctx, 'acme')).name, 'Loja acme');
    assert.equal((await roll({ revision: 999 }).expect(404)).body.code, 'revision_not_found');
  });

  it('publishes what is pending, or chosen stores, or only says what that would write', async () => {
    await rename('acme', 'Outra');
    const publish = (body: object) => api.post('/edge-publications').send(body);

    const plan = (await publish({ pending: true, dry_run: true }).expect(200)).body;
    const done = await publish({ slugs: ['acme'], shown: 'another' }).expect(409);
    const published = (await publish({ pending: true, shown: plan.plan.fingerprint }).expect(202)).body;

    publicationSchema.parse(published);
    assert.deepEqual([plan.jobs, done.body.code], [[], 'plan_changed']);
    assert.deepEqual(plan.plan.files, published.plan.files);
    assert.deepEqual(
      published.plan.files.map((file: { slug: string; differences: object[] }) => [file.slug, file.differences]),
      [['acme', [{ field: 'name', before: 'Loja acme', after: 'Outra' }]]],
    );
    const { tenantIds } = await payloadOf(console.ctx, published.jobs[0].id);
    assert.deepEqual(tenantIds, [stores[0]!.id]);
    for (const body of [{}, { pending: true, slugs: ['acme'] }, { slugs: ['nobody'] }]) await publish(body).expect(422);
    assert.equal((await publish({ slugs: ['bravo'] }).expect(409)).body.code, 'nothing_to_publish');
  });
});
