import assert from 'node:assert/strict';
import { readdir } from 'node:fs/promises';
import { requestJob } from '#domain/jobs/index.ts';
import { getTenant, resumeTenant, suspendTenant, updateTenant } from '#domain/tenants/index.ts';
import { withTenant, withTransaction } from '#platform/db/index.ts';
import type { Running } from '#platform/process.ts';
import { openConsoleDatabase, type ConsoleDatabase } from '#tests/support/console-database.ts';
import { startTestEdge, type TestEdge } from '#tests/support/edge.ts';
import {
  askEdge,
  enrolEdge,
  finished,
  newStore,
  payloadOf,
  startTestOpsWorker,
  statusesOf,
} from '#tests/support/ops.ts';

describe('the jobs of a store', () => {
  let console: ConsoleDatabase;
  let edge: TestEdge;
  let worker: Running;

  before(async () => {
    console = await openConsoleDatabase();
    edge = await startTestEdge();
    await enrolEdge(console.ctx, edge);
    worker = await startTestOpsWorker({ url: console.url, edge });
  });

  after(async () => {
    await worker?.stop();
    await edge?.stop();
    await console?.drop();
  });

  const liveStore = async (slug: string) => {
    const { tenant, jobId } = await newStore(console.ctx, slug);
    const job = await finished(console.ctx, jobId);
    assert.equal(job.status, 'succeeded', job.errorMessage);
    return tenant;
  };

  it('bring a new store to the public, with its first user, branding and settings', async () => {
    const tenant = await liveStore('acme');

    assert.equal((await getTenant(console.ctx, tenant.id)).status, 'live');
    const { status, body } = await askEdge(edge, 'acme', '/tenant.json');
    assert.equal(status, 200);
    const { revision, ...document } = JSON.parse(body);
    assert.ok(Number.isInteger(revision));
    assert.deepEqual(document, {
      slug: 'acme',
      name: 'Loja acme',
      status: 'live',
      logo_url: null,
      primary_color: '#1a73e8',
      secondary_color: '#ea4335',
      features: {},
      locale: 'pt-BR',
      currency: 'BRL',
      timezone: 'America/Sao_Paulo',
      theme_version: 1,
    });
    const users = await withTenant(console.ctx, tenant.id, (tx) =>
      tx.db('construction.users').select('email', 'role', 'must_change_password'),
    );
    assert.deepEqual(users, [{ email: 'maria@acme.example', role: 'admin', must_change_password: true }]);
  });

  it('record each step with what it did, and the revision with who asked and why', async () => {
    const { jobId } = await newStore(console.ctx, 'telhas');

    const job = await finished(console.ctx, jobId);

    assert.deepEqual(statusesOf(job), Array(6).fill('done'));
    const revision = await console.ctx.db('platform.edge_revisions').where({ job_id: jobId }).first();
    const said = { edge: 'edge-1', revision: Number(revision.number) };
    assert.deepEqual(
      job.steps.map(({ output }) => output),
      [
        [{ key: 'address_reserved', values: { slug: 'telhas' } }],
        [{ key: 'records_written', values: { email: 'maria@telhas.example' } }],
        [{ key: 'revision_checked', values: { revision: said.revision } }],
        [{ key: 'revision_sent', values: said }],
        [{ key: 'edge_answered', values: { ...said, host: 'telhas.localhost' } }],
        [{ key: 'store_live', values: { slug: 'telhas' } }],
      ],
    );
    assert.deepEqual(
      [revision.author, revision.reason, revision.outcome],
      ['olivia@example.com', 'onboarding', 'confirmed'],
    );
  });

  it('keep nothing of the first password, once the store is live', async () => {
    const { jobId } = await newStore(console.ctx, 'tintas');

    const job = await finished(console.ctx, jobId);

    assert.equal(job.status, 'succeeded', job.errorMessage);
    const payload = await payloadOf(console.ctx, jobId);
    assert.deepEqual(payload.admin, { name: 'Maria', email: 'maria@tintas.example' });
    assert.doesNotMatch(JSON.stringify(payload), /passwordHash|argon2/);
  });

  it('close a suspended store with 503 and Retry-After, and open it again, without a reload', async () => {
    const { ctx } = console;
    const tenant = await liveStore('globex');
    const nginxPid = edge.nginxPid;

    const suspension = await suspendTenant(ctx, tenant.id, { reason: 'unpaid' });
    const startedAt = performance.now();
    assert.equal((await finished(ctx, suspension.jobId)).status, 'succeeded');
    const tookMs = performance.now() - startedAt;
    const closed = await askEdge(edge, 'globex', '/');
    const resumption = await resumeTenant(ctx, tenant.id);
    const statusMeanwhile = (await getTenant(ctx, tenant.id)).status;
    assert.equal((await finished(ctx, resumption.jobId)).status, 'succeeded');
    const opened = await askEdge(edge, 'globex', '/tenant.json');

    assert.equal(closed.status, 503);
    assert.ok(closed.headers['retry-after']);
    assert.ok(tookMs < 3000, `closing took ${tookMs} ms`);
    assert.notEqual(statusMeanwhile, 'live', 'not live before the edge was seen serving it');
    assert.equal(opened.status, 200);
    assert.equal((await getTenant(ctx, tenant.id)).status, 'live');
    assert.equal(edge.nginxPid, nginxPid);
  });

  it('bring a changed name to the edge as a new revision', async () => {
    const { ctx } = console;
    const tenant = await liveStore('initech');
    const before = JSON.parse((await askEdge(edge, 'initech', '/tenant.json')).body);

    const { jobId } = await updateTenant(ctx, tenant.id, { changes: { name: 'Initech Materiais' } });
    const job = await finished(ctx, jobId!);
    const after = JSON.parse((await askEdge(edge, 'initech', '/tenant.json')).body);

    assert.equal(job.status, 'succeeded', job.errorMessage);
    assert.equal(after.name, 'Initech Materiais');
    assert.ok(after.revision > before.revision);
  });

  it('send nothing when the edge serves exactly this already, and still look', async () => {
    const { ctx } = console;
    const tenant = await liveStore('umbrella');
    const before = await askEdge(edge, 'umbrella', '/tenant.json');

    const jobId = await withTransaction(ctx, (tx) =>
      requestJob(tx, {
        kind: 'tenant.publish',
        subject: 'store umbrella',
        tenantId: tenant.id,
        payload: { tenantId: tenant.id, reason: 'to be sure' },
      }),
    );
    const job = await finished(ctx, jobId);

    assert.equal(job.status, 'succeeded', job.errorMessage);
    assert.deepEqual(
      job.steps.map(({ output }) => output?.[0]?.key),
      ['nothing_to_change', 'nothing_to_send', 'edge_answered'],
    );
    assert.equal((await askEdge(edge, 'umbrella', '/tenant.json')).body, before.body);
  });

  it('leave one file a store on the edge and nothing in its staging', async () => {
    assert.deepEqual(await readdir(`${edge.dir}/staging`), []);
    const slugs = await console.ctx.db('platform.edge_files').whereNotNull('confirmed_at').pluck<string[]>('slug');
    assert.deepEqual((await readdir(edge.tenantsDir)).sort(), slugs.map((slug) => `${slug}.json`).sort());
  });
});
