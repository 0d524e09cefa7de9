import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  addDomain,
  changePlan,
  checkDomain,
  getDomain,
  proofsOf,
  removeDomain,
  renameTenant,
  suspendTenant,
} from '#domain/tenants/index.ts';
import { getForHost } from '#platform/http/host-request.ts';
import type { PublicLookup } from '#platform/http/public-host.ts';
import type { Running } from '#platform/process.ts';
import { openConsoleDatabase, type ConsoleDatabase } from '#tests/support/console-database.ts';
import { startTestEdge, type TestEdge } from '#tests/support/edge.ts';
import { askEdge, enrolEdge, jobIn, newStore, startTestOpsWorker } from '#tests/support/ops.ts';
import { eventually } from '#tests/support/eventually.ts';
import { freshSlug } from '#tests/support/tenants.ts';

describe('the names and the plan of a store at the edge', function () {
  this.timeout(60_000);
  let console: ConsoleDatabase;
  let edge: TestEdge;
  let worker: Running | undefined;

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

  const done = (jobId: string | undefined) => jobIn(console.ctx, jobId!, ['succeeded'], 30_000);
  const liveStore = async () => {
    const slug = freshSlug();
    const { tenant, jobId } = await newStore(console.ctx, slug);
    await done(jobId);
    return { id: tenant.id, slug };
  };
  const ask = async (host: string, path = '/tenant.json') => {
    const { signal } = new AbortController();
    const { status, body } = await getForHost(edge.url, { path, host, timeoutMs: 2000, signal });
    return status === 200 && path === '/tenant.json' ? (JSON.parse(body) as { slug: string }).slug : status;
  };

  it('answer on its own domain once that was proven, through a rename and a suspension, until it is removed', async () => {
    const { id, slug } = await liveStore();
    const host = `${slug}.com.br`;
    const domain = await addDomain(console.ctx, id, { host, baseDomain: 'localhost' });
    const lookup: PublicLookup = { texts: async () => [proofsOf(domain).dns.value], page: async () => undefined };
    assert.equal(await ask(host), 404);

    await done((await checkDomain(console.ctx, lookup, id, { host })).jobId);
    assert.equal(await ask(host), slug);
    assert.ok((await getDomain(console.ctx, id, host)).servedAt);

    const to = freshSlug('nova');
    await done((await renameTenant(console.ctx, id, { slug: to })).jobId);
    assert.equal(await ask(host), to);

    await done((await suspendTenant(console.ctx, id, { reason: 'unpaid' })).jobId);
    assert.equal(await ask(host, '/'), 503);

    await done((await removeDomain(console.ctx, id, { host })).jobId);
    assert.equal(await ask(host), 404);
  });

  const reloads = async () => (await console.ctx.db('platform.edge_reloads').select('id')).length;

  it('hold the rate of its plan, which one store’s change gives to no other', async () => {
    const [store, other] = [await liveStore(), await liveStore()];
    const before = await reloads();

    await done((await changePlan(console.ctx, store.id, { plan: 'premium' })).jobId);

    assert.equal(await reloads(), before + 1);
    const limits = await readFile(join(edge.dir, 'maps', 'current', 'limits.map'), 'utf8');
    assert.match(limits, new RegExp(`^${store.slug} premium;$`, 'm'));
    assert.doesNotMatch(limits, new RegExp(other.slug));
  });

  it('lead nowhere any more when an old name has had its time', async () => {
    const { id, slug } = await liveStore();
    const to = freshSlug('nova');
    await done((await renameTenant(console.ctx, id, { slug: to })).jobId);
    assert.equal((await askEdge(edge, slug, '/')).status, 308);
    await console.ctx
      .db('platform.slugs')
      .where({ slug })
      .update({ free_after: new Date(0) });

    // A worker looks after the names as soon as it starts.
    await worker?.stop();
    worker = await startTestOpsWorker({ url: console.url, edge });

    await eventually(async () => (await askEdge(edge, slug, '/')).status === 404);
    assert.equal(await ask(`${to}.localhost`), to);
  });
});
