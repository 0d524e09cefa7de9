import assert from 'node:assert/strict';
import { chmod, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { listOpenAlerts } from '#domain/alerts/index.ts';
import { listEdges } from '#domain/droplets/index.ts';
import { adoptDrift, listDrift, lookForDrift, requestRestore, restoreEdge } from '#domain/edge/index.ts';
import { getBrandingAndSettings, getTenant } from '#domain/tenants/index.ts';
import { live, openPublisher, type Publisher, type Store } from '#tests/support/publisher.ts';
import { askEdge } from '#tests/support/ops.ts';

describe('what somebody changed on an edge by hand', function () {
  this.timeout(60_000);
  let publisher: Publisher;
  let stores: Store[];

  beforeEach(async () => {
    publisher = await openPublisher();
    stores = await publisher.addStores(['acme', 'bravo']);
    await publisher.publish(live(stores));
  });
  afterEach(() => publisher?.close());

  const fileOf = (slug: string) => join(publisher.edge.tenantsDir, `${slug}.json`);
  const seen = async () => {
    await lookForDrift(publisher.ctx);
    return (await listDrift(publisher.ctx)).map(({ kind, name }) => `${kind} ${name}`);
  };
  const alerts = async () => (await listOpenAlerts(publisher.ctx)).map((alert) => alert.title);
  const dropletId = async () => (await listEdges(publisher.ctx))[0]!.id;

  const restoreAll = async () => {
    const jobId = await requestRestore(publisher.ctx, { dropletId: await dropletId() });
    const order = await publisher.payloadOf<Parameters<typeof restoreEdge>[1]>(jobId);
    return restoreEdge(publisher.ctx, { ...order, signal: publisher.signal });
  };

  it('is nothing as long as nobody did', async () => {
    assert.deepEqual(await seen(), []);
    assert.deepEqual(await alerts(), []);
  });

  const original = () => readFile(fileOf('acme'), 'utf8');
  const faults: [string, () => Promise<void>, string][] = [
    [
      'an edited file',
      async () => writeFile(fileOf('acme'), (await original()).replace('Loja', 'Toca')),
      'edited acme',
    ],
    ['a deleted file', () => rm(fileOf('acme')), 'deleted acme'],
    ['an added file', async () => writeFile(fileOf('mole'), await original()), 'unknown mole'],
    ['a changed mode', () => chmod(fileOf('acme'), 0o600), 'mode acme'],
    ['a set marker', () => writeFile(join(publisher.edge.suspendedDir, 'acme.json'), ''), 'edited acme'],
    [
      'a marker of nobody',
      () => writeFile(join(publisher.edge.suspendedDir, 'ghost.json'), ''),
      'foreign suspended/ghost.json',
    ],
  ];
  for (const [what, damage, expected] of faults)
    it(`shows ${what}, alerts, and restores it when told to`, async () => {
      const before = await original();
      await damage();

      assert.deepEqual(await seen(), [expected]);
      assert.deepEqual(await alerts(), ['edge-1 holds something that was not published']);
      assert.deepEqual(await restoreAll(), { edge: 'edge-1', left: [] });

      assert.deepEqual(await seen(), []);
      assert.deepEqual(await alerts(), []);
      assert.equal(await original(), before);
      assert.equal((await stat(fileOf('acme'))).mode & 0o777, 0o644);
      assert.deepEqual((await readdir(publisher.edge.tenantsDir)).toSorted(), ['acme.json', 'bravo.json']);
      assert.equal((await askEdge(publisher.edge, 'acme', '/tenant.json')).status, 200);
    });

  it('is not restored over a still newer change that nobody has seen', async () => {
    await writeFile(fileOf('acme'), '{"slug":"acme","name":"First"}');
    await seen();
    const jobId = await requestRestore(publisher.ctx, { dropletId: await dropletId() });
    const order = await publisher.payloadOf<Parameters<typeof restoreEdge>[1]>(jobId);
    await writeFile(fileOf('acme'), '{"slug":"acme","name":"Second"}');

    const { left } = await restoreEdge(publisher.ctx, { ...order, signal: publisher.signal });

    assert.deepEqual(
      left.map(({ name }) => name),
      ['acme'],
    );
    assert.match(await original(), /Second/);
  });

  it('becomes what the store is when it is adopted, and is published everywhere', async () => {
    const edited = (await original()).replace('Loja acme', 'Acme do Porto').replace('#1a73e8', '#00695c');
    await writeFile(fileOf('acme'), edited);
    await seen();

    await adoptDrift(publisher.ctx, { dropletId: await dropletId(), kind: 'edited', name: 'acme' });
    await publisher.publish(live(stores));

    const { tenantId } = stores[0]!;
    assert.equal((await getTenant(publisher.ctx, tenantId)).name, 'Acme do Porto');
    assert.equal((await getBrandingAndSettings(publisher.ctx, tenantId)).branding.primaryColor, '#00695c');
    assert.match((await askEdge(publisher.edge, 'acme', '/tenant.json')).body, /Acme do Porto/);
    assert.deepEqual(await seen(), []);
    const audited = await publisher.ctx.db('platform.audit_log').where({ action: 'edge.drift_adopted' });
    assert.equal(audited.length, 1);
  });

  it('cannot be adopted when it is no file of a store', async () => {
    await writeFile(fileOf('acme'), 'not JSON');
    await seen();

    const choice = { dropletId: await dropletId(), kind: 'edited', name: 'acme' } as const;
    await assert.rejects(adoptDrift(publisher.ctx, choice), { code: 'drift_not_adoptable' });
    assert.equal((await getTenant(publisher.ctx, 'acme')).name, 'Loja acme');
  });

  it('is known to be unknown when the edge does not answer', async () => {
    await publisher.edge.stopSshd();

    await lookForDrift(publisher.ctx);

    const [look] = await publisher.ctx.db('platform.edge_looks');
    assert.match(look.error_message, /cannot be reached/);
    assert.deepEqual(await alerts(), []);
  });
});
