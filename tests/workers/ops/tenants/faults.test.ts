import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { openAlert } from '#domain/alerts/index.ts';
import { listOpenAlerts } from '#tests/support/untended-streams.ts';
import { enrolDroplet, listEdges } from '#domain/droplets/index.ts';
import { requestCancel, retryJob, type Job } from '#domain/jobs/index.ts';
import { getTenant, isSlugFree, resumeTenant, suspendTenant } from '#domain/tenants/index.ts';
import { withTenant } from '#platform/db/index.ts';
import type { Running } from '#platform/process.ts';
import { fetchHostKey } from '#platform/ssh/index.ts';
import { openConsoleDatabase, type ConsoleDatabase } from '#tests/support/console-database.ts';
import { startTestEdge, type TestEdge } from '#tests/support/edge.ts';
import { askEdge, enrolEdge, finished, jobIn, newStore, payloadOf, startTestOpsWorker } from '#tests/support/ops.ts';

describe('onboarding when the edge fails', function () {
  this.timeout(60_000);
  let console: ConsoleDatabase;
  let edge: TestEdge;
  let worker: Running;

  beforeEach(async () => {
    console = await openConsoleDatabase();
    edge = await startTestEdge();
    await enrolEdge(console.ctx, edge);
    worker = await startTestOpsWorker({ url: console.url, edge });
  });

  afterEach(async () => {
    await worker?.stop();
    await edge?.stop();
    await console?.drop();
  });

  const assertNothingLeft = async (tenantId: string, slug: string) => {
    const { ctx } = console;
    assert.equal((await getTenant(ctx, tenantId)).status, 'failed');
    assert.equal(await isSlugFree(ctx, slug), true, 'the name is free');
    assert.deepEqual(await readdir(edge.tenantsDir), []);
    assert.deepEqual(await ctx.db('platform.edge_files'), []);
    assert.deepEqual(await ctx.db('platform.tenant_branding'), []);
    assert.deepEqual(await withTenant(ctx, tenantId, (tx) => tx.db('construction.users').select('id')), []);
  };

  const failsThenHeals = async (slug: string, code: string, heal: () => Promise<void>): Promise<Job> => {
    const { tenant, jobId } = await newStore(console.ctx, slug);
    const failed = await finished(console.ctx, jobId, 40_000);
    assert.deepEqual([failed.status, failed.errorCode], ['failed', code], failed.errorMessage);
    const { status, statusReason } = await getTenant(console.ctx, tenant.id);
    assert.deepEqual([status, statusReason], ['failed', failed.errorMessage]);
    await assertNothingLeft(tenant.id, slug);

    assert.match(JSON.stringify(await payloadOf(console.ctx, jobId)), /"passwordHash":"\$argon2id\$/);
    await heal();
    await retryJob(console.ctx, jobId);
    const healed = await jobIn(console.ctx, jobId, ['succeeded'], 30_000);
    assert.equal((await getTenant(console.ctx, tenant.id)).status, 'live');
    assert.equal((await askEdge(edge, slug, '/tenant.json')).status, 200);
    assert.doesNotMatch(JSON.stringify(await payloadOf(console.ctx, jobId)), /passwordHash/);
    return { ...healed, errorMessage: failed.errorMessage };
  };

  it('sends nothing to a machine with another host key, opens an alert, and heals once it is enrolled again', async () => {
    await edge.breakHostKey();
    let alerts: string[] = [];

    const job = await failsThenHeals('acme', 'ssh_host_key_changed', async () => {
      alerts = (await listOpenAlerts(console.ctx)).map((alert) => `${alert.severity} ${alert.key}`);
      assert.equal((await listEdges(console.ctx))[0]?.status, 'host_key_changed');
      const hostKey = await fetchHostKey('127.0.0.1', edge.sshTarget.port);
      await enrolDroplet(console.ctx, { ...edge.sshTarget, hostKey, role: 'edge', probeUrl: edge.url });
    });

    assert.deepEqual(alerts, ['critical droplet:edge-1:host_key']);
    assert.match(job.errorMessage ?? '', /Nothing was sent/);
    assert.deepEqual(await listOpenAlerts(console.ctx), []);
  });

  it('does not call a store live that nginx does not serve', async () => {
    await edge.stopNginx();

    const job = await failsThenHeals('acme', 'edge_not_answering', () => edge.startNginx());

    assert.match(job.errorMessage ?? '', /edge-1 does not answer .*ECONNREFUSED/);
  });

  it('fails with the reason when sshd is down, and leaves no alert about leftovers, since nothing was sent', async () => {
    await edge.stopSshd();

    await failsThenHeals('acme', 'ssh_connect_failed', async () => {
      assert.deepEqual(await listOpenAlerts(console.ctx), []);
      // One short absence is no news yet; it is noted, and the machine is asked again.
      const [away] = await listEdges(console.ctx);
      assert.deepEqual([away?.status === 'unreachable', away?.failures], [false, 1]);
      assert.match(away?.lastError ?? '', /cannot be reached/);
      await edge.startSshd();
      // The circuit of the pool lets a few seconds pass before it tries again; a fresh worker has a closed one.
      await worker.stop();
      worker = await startTestOpsWorker({ url: console.url, edge });
    });

    assert.equal((await listEdges(console.ctx))[0]?.status, 'reachable');
  });

  it('fails with the agent’s reason when the edge cannot write', async () => {
    await edge.makeReadOnly();

    const job = await failsThenHeals('acme', 'agent_refused', () => edge.makeWritable());

    assert.match(job.errorMessage ?? '', /cannot write on this disk/);
  });

  it('keeps a suspended store suspended and raises an alert when the edge cannot be told', async () => {
    const { ctx } = console;
    const { tenant, jobId } = await newStore(ctx, 'acme');
    await finished(ctx, jobId);
    await edge.stopSshd();

    const suspension = await suspendTenant(ctx, tenant.id, { reason: 'unpaid' });
    const failed = await finished(ctx, suspension.jobId, 30_000);
    const alerts = await listOpenAlerts(ctx);
    await edge.startSshd();
    await worker.stop();
    worker = await startTestOpsWorker({ url: console.url, edge });
    await retryJob(ctx, suspension.jobId);
    await jobIn(ctx, suspension.jobId, ['succeeded']);

    assert.equal(failed.status, 'failed');
    assert.deepEqual(
      alerts.map((alert) => alert.title),
      ['acme is suspended, but an edge may still serve it'],
    );
    assert.equal((await getTenant(ctx, tenant.id)).status, 'suspended');
    assert.equal((await askEdge(edge, 'acme', '/')).status, 503);
    assert.deepEqual(await listOpenAlerts(ctx), []);
  });

  it('does not open a suspended store again when nobody could see it closed', async () => {
    const { ctx } = console;
    const { tenant, jobId } = await newStore(ctx, 'acme');
    await finished(ctx, jobId);
    await edge.stopNginx();

    const suspension = await suspendTenant(ctx, tenant.id, { reason: 'unpaid' });
    const failed = await finished(ctx, suspension.jobId, 30_000);
    await edge.startNginx();

    assert.deepEqual([failed.status, failed.errorCode], ['failed', 'edge_not_answering']);
    assert.equal((await askEdge(edge, 'acme', '/')).status, 503);
    assert.equal((await getTenant(ctx, tenant.id)).status, 'suspended');
  });

  it('takes that alert back when the store is resumed instead', async () => {
    const { ctx } = console;
    const { tenant, jobId } = await newStore(ctx, 'acme');
    await finished(ctx, jobId);
    const suspension = await suspendTenant(ctx, tenant.id, { reason: 'unpaid' });
    await finished(ctx, suspension.jobId);
    const stillServed = { severity: 'critical', title: 'acme may still be served', detail: 'no answer' } as const;
    await openAlert(ctx, { key: `tenant:${tenant.id}:still_served`, ...stillServed });

    const resumption = await resumeTenant(ctx, tenant.id);
    const job = await finished(ctx, resumption.jobId, 30_000);

    assert.equal(job.status, 'succeeded', job.errorMessage);
    assert.deepEqual(await listOpenAlerts(ctx), []);
  });

  it('puts the closed store’s file back when nobody could see it opened', async () => {
    const { ctx } = console;
    const { tenant, jobId } = await newStore(ctx, 'acme');
    await finished(ctx, jobId);
    await finished(ctx, (await suspendTenant(ctx, tenant.id, { reason: 'unpaid' })).jobId);
    const closed = await readFile(`${edge.tenantsDir}/acme.json`, 'utf8');
    await edge.stopNginx();

    const failed = await finished(ctx, (await resumeTenant(ctx, tenant.id)).jobId, 30_000);
    await edge.startNginx();

    assert.deepEqual([failed.status, failed.errorCode], ['failed', 'edge_not_answering']);
    assert.equal((await getTenant(ctx, tenant.id)).status, 'suspended');
    assert.equal(await readFile(`${edge.tenantsDir}/acme.json`, 'utf8'), closed);
    assert.equal((await askEdge(edge, 'acme', '/')).status, 503);
  });

  it('frees the name of a store whose onboarding is cancelled before it began', async () => {
    const { ctx } = console;
    await worker.stop();
    const { tenant, jobId } = await newStore(ctx, 'acme');
    await requestCancel(ctx, jobId);

    worker = await startTestOpsWorker({ url: console.url, edge });
    const job = await finished(ctx, jobId);

    assert.equal(job.status, 'cancelled');
    await assertNothingLeft(tenant.id, 'acme');
  });
});
