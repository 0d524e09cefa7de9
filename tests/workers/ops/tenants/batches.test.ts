import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openAlert } from '#domain/alerts/index.ts';
import { listOpenAlerts } from '#tests/support/untended-streams.ts';
import { confirmBulkAction, planBulkAction, type BulkAction } from '#domain/bulk-actions/index.ts';
import { getTenant } from '#domain/tenants/index.ts';
import type { Running } from '#platform/process.ts';
import { live, openPublisher, type Publisher } from '#tests/support/publisher.ts';
import { askEdge, finished, startTestOpsWorker } from '#tests/support/ops.ts';

describe('the job of an action on many stores', function () {
  this.timeout(60_000);
  let publisher: Publisher;
  let worker: Running;

  before(async () => {
    publisher = await openPublisher();
    worker = await startTestOpsWorker({ url: publisher.console.url, edge: publisher.edge });
  });
  after(async () => {
    await worker?.stop();
    await publisher?.close();
  });

  const done = async (action: BulkAction, tenantIds: string[]) => {
    const planId = await planBulkAction(publisher.ctx, { action, selection: { tenantIds } });
    const { jobId } = await confirmBulkAction(publisher.ctx, planId, { reason: 'a test' });
    return finished(publisher.ctx, jobId, 30_000);
  };
  const alerts = async () => (await listOpenAlerts(publisher.ctx)).map(({ title }) => title).toSorted();
  const answerOf = async (slug: string) => (await askEdge(publisher.edge, slug, '/tenant.json')).status;

  it('closes and opens all of them', async () => {
    const stores = await publisher.addStores(['alfa', 'beta']);
    const tenantIds = stores.map((store) => store.tenantId);
    await publisher.publish(live(stores));

    assert.equal((await done('suspend', tenantIds)).status, 'succeeded');
    assert.deepEqual([await answerOf('alfa'), await answerOf('beta')], [503, 503]);

    assert.equal((await done('resume', tenantIds)).status, 'succeeded');
    assert.deepEqual([await answerOf('alfa'), await answerOf('beta')], [200, 200]);
    assert.equal((await getTenant(publisher.ctx, 'beta')).status, 'live');
  });

  it('calls for a person where a suspended store may still be served', async () => {
    const stores = await publisher.addStores(['gama', 'delta']);
    const tenantIds = stores.map((store) => store.tenantId);
    await publisher.publish(live(stores));
    await writeFile(join(publisher.edge.tenantsDir, 'gama.json'), '{"slug":"gama","name":"By hand"}');

    const suspension = await done('suspend', tenantIds);

    assert.equal(suspension.status, 'succeeded');
    assert.equal(await answerOf('delta'), 503);
    assert.deepEqual(await alerts(), [
      'gama could not be published',
      'gama is suspended, but an edge may still serve it',
    ]);
  });

  it('takes that alert back once the store was seen open again', async () => {
    const stores = await publisher.addStores(['teta'], 'suspended');
    const tenantIds = stores.map((store) => store.tenantId);
    const title = 'teta is suspended, but an edge may still serve it';
    const key = `tenant:${tenantIds[0]}:still_served`;
    await openAlert(publisher.ctx, { key, severity: 'critical', title, detail: 'it did not answer' });

    await done('resume', tenantIds);

    assert.ok(!(await alerts()).includes(title));
  });
});
