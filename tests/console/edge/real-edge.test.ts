import assert from 'node:assert/strict';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { lookForDrift, type EdgeContext } from '#domain/edge/index.ts';
import { getTenant } from '#domain/tenants/index.ts';
import type { Running } from '#platform/process.ts';
import { silentLogger } from '#platform/log/index.ts';
import { createSshPool, type SshPool } from '#platform/ssh/index.ts';
import { openTestConsole, type Browser, type TestConsole } from '#tests/support/console.ts';
import { startTestEdge, type TestEdge } from '#tests/support/edge.ts';
import { askEdge, enrolEdge, finished, newStore, startTestOpsWorker } from '#tests/support/ops.ts';

describe('an edge that somebody changed by hand, seen from the console', function () {
  this.timeout(120_000);
  let console: TestConsole;
  let edge: TestEdge;
  let worker: Running;
  let ssh: SshPool;
  let browser: Browser;
  let csrf: string;

  before(async () => {
    [console, edge] = await Promise.all([openTestConsole(), startTestEdge()]);
    await enrolEdge(console.ctx, edge);
    worker = await startTestOpsWorker({ url: console.url, edge });
    ssh = createSshPool({ keysDir: edge.keysDir, log: silentLogger });
    ({ browser, csrf } = await console.signIn('operator'));
    for (const slug of ['acme', 'bravo'])
      assert.equal((await finished(console.ctx, (await newStore(console.ctx, slug)).jobId)).status, 'succeeded');
  });
  after(async () => {
    await worker?.stop();
    await ssh?.stop();
    await edge?.stop();
    await console?.stop();
  });

  const fileOf = (slug: string) => join(edge.tenantsDir, `${slug}.json`);
  const look = () => lookForDrift({ ...console.ctx, ssh, baseDomain: 'localhost' } satisfies EdgeContext);
  const page = async (path: string) => (await browser.get(path).expect(200)).text;
  const shownIn = (text: string) => /name="shown" value="([^"]+)"/.exec(text)?.[1];
  /** Sends a form and waits for the end of the job that it asked for. */
  const run = async (path: string, form: object) => {
    const answer = await browser
      .post(path)
      .type('form')
      .send({ _csrf: csrf, ...form })
      .expect(303);
    const job = await finished(console.ctx, answer.headers.location!.replace('/jobs/', ''));
    assert.equal(job.status, 'succeeded', JSON.stringify(job.steps));
  };
  const nameAtEdge = async (slug: string) =>
    (JSON.parse((await askEdge(edge, slug, '/tenant.json')).body) as { name: string }).name;

  it('gets back what was published when it is restored', async () => {
    const published = await readFile(fileOf('acme'), 'utf8');
    await writeFile(fileOf('acme'), published.replace('Loja acme', 'By hand'));
    await look();
    assert.match(await page('/edge'), /1 thing on its disk is not as it was published/);
    assert.match(await page('/'), /href="\/edge\/edge-1\/drift">Drift/);

    const finding = await page('/edge/edge-1/drift/edited/acme');
    assert.match(finding, /<del>Loja acme<\/del> → <ins>By hand/);
    await run('/edge/edge-1/restores', { kind: 'edited', name: 'acme', shown: shownIn(finding) });

    assert.equal(await readFile(fileOf('acme'), 'utf8'), published);
    assert.match(await page('/edge/drift'), /Nothing differs/);
  });

  it('makes the store what its file says when it is adopted, and serves it as a new revision', async () => {
    const published = await readFile(fileOf('bravo'), 'utf8');
    await writeFile(fileOf('bravo'), published.replace('Loja bravo', 'Bravo do Porto'));
    await look();
    const before = Number(/<tr id="revision-(\d+)"/.exec(await page('/edge/revisions'))![1]);

    const finding = await page('/edge/edge-1/drift/edited/bravo');
    await run('/edge/edge-1/adoptions', { kind: 'edited', name: 'bravo', shown: shownIn(finding) });

    assert.equal((await getTenant(console.ctx, 'bravo')).name, 'Bravo do Porto');
    assert.equal(await nameAtEdge('bravo'), 'Bravo do Porto');
    await look();
    assert.match(await page('/edge/drift'), /Nothing differs/);
    assert.match(await page('/edge'), /It serves what we want/);
    assert.match(await page('/edge/revisions?store=bravo'), new RegExp(`<tr id="revision-${before + 1}"`));
  });

  it('is put right in every place at once', async () => {
    await rm(fileOf('acme'));
    await writeFile(fileOf('mole'), (await readFile(fileOf('bravo'), 'utf8')).replace('"bravo"', '"mole"'));
    await writeFile(join(edge.suspendedDir, 'ghost.json'), '');
    await look();
    const plan = await page('/edge/edge-1/restores');
    assert.match(plan, /what was published in 3 places/);

    await run('/edge/edge-1/restores', { shown: shownIn(plan), confirmation: 'edge-1' });

    assert.equal(await nameAtEdge('acme'), 'Loja acme');
    assert.equal((await askEdge(edge, 'mole', '/tenant.json')).status, 404);
    assert.match(await page('/edge/drift'), /Nothing differs/);
  });

  it('is brought up to date by what is pending, rolled back, and reloaded', async () => {
    await console.ctx.db('platform.tenants').where({ slug: 'acme' }).update({ name: 'Wrong' });
    const reason = 'a test';
    await run('/edge/publications', { shown: shownIn(await page('/edge/plan')), reason });
    assert.equal(await nameAtEdge('acme'), 'Wrong');

    const { created_at: at } = await console.ctx.db('platform.edge_revisions').orderBy('number', 'desc').first();
    const query = new URLSearchParams({ at: (at as Date).toISOString() }).toString();
    const plan = await page(`/edge/rollbacks?${query}`);
    const confirmation = (at as Date).toISOString().slice(0, 16).replace('T', ' ');
    await run('/edge/rollbacks', { at: (at as Date).toISOString(), shown: shownIn(plan), reason, confirmation });
    assert.equal(await nameAtEdge('acme'), 'Loja acme');

    await run('/edge/edge-1/reloads', { reason });
    assert.match(await page('/edge/edge-1/reloads'), /Reloaded[\s\S]*a test/);
  });
});
