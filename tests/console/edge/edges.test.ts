import assert from 'node:assert/strict';
import type { Readable } from 'node:stream';
import type { Tenant } from '#domain/tenants/index.ts';
import { openTestConsole, type Browser, type TestConsole } from '#tests/support/console.ts';
import {
  addLiveStore,
  asLive,
  enrolPaperEdge,
  findOnPaper,
  lookedOnPaper,
  publishOnPaper,
  reloadedOnPaper,
} from '#tests/support/edge-rows.ts';

describe('the edges of the console', function () {
  this.timeout(60_000);
  let console: TestConsole;
  let browser: Browser;
  let csrf: string;
  let edge: string;
  let stores: Tenant[];

  beforeEach(async () => {
    console = await openTestConsole();
    ({ browser, csrf } = await console.signIn('on_call'));
    edge = await enrolPaperEdge(console.ctx);
    stores = [await addLiveStore(console.ctx, 'acme'), await addLiveStore(console.ctx, 'bravo')];
    await publishOnPaper(console.ctx, stores.map(asLive));
    await lookedOnPaper(console.ctx, edge);
  });
  afterEach(() => console?.stop());

  const files = (slug: string) => console.ctx.db('platform.edge_files').where({ slug });
  const page = async (path = '/edge') => (await browser.get(path).expect(200)).text;
  const fact = (text: string, name: string) =>
    new RegExp(`id="edge-1-${name}">([\\s\\S]*?)</div>\\s*</div>\\s*</div>`).exec(`${text}</div>`)?.[1] ?? '';

  it('says that all is well, as of when, and offers nothing to do', async () => {
    const text = await page();

    assert.match(text, /It serves what we want\./);
    assert.match(fact(text, 'revision'), /1[\s\S]*as wanted/);
    assert.match(fact(text, 'pending'), /0 stores[\s\S]*maps are up to date/);
    assert.match(fact(text, 'drift'), />0<[\s\S]*data-as-of="\d{4}-/);
    assert.match(text, /It has not told its figures yet/);
    assert.doesNotMatch(text, /class="btn btn-primary"/);
  });

  it('leads from a store that is not served as published to its diff and to the log in one click', async () => {
    await files('acme').update({ probe_error: 'edge-1 does not serve acme: it answered 502.', confirmed_at: null });

    const text = await page();

    assert.match(text, /1 store is not served as published/);
    const [line] = /<li id="failing-edge-1-acme"[\s\S]*?<\/li>/.exec(text)!;
    assert.match(line, /it answered 502/);
    for (const href of ['/edge/revisions/1?store=acme', '/droplets/edge-1#log-heading', '/edge/plan?store=acme'])
      assert.ok(line.includes(`href="${href}"`), href);
    assert.match(text, /href="\/edge\/edge-1\/reloads"><svg[^>]*>.*?<\/svg> Reload…/);
  });

  it('offers what the gravest reason calls for', async () => {
    await console.ctx.db('platform.tenants').where({ slug: 'bravo' }).update({ name: 'Outra' });
    assert.match(await page(), /1 store has changes that it was not given[\s\S]*Publish what is pending…/);

    await reloadedOnPaper(console.ctx, edge, { errorMessage: 'nginx: [emerg] unknown directive' });
    assert.match(await page(), /unknown directive[\s\S]*Reload…/);

    await findOnPaper(console.ctx, edge, { kind: 'deleted', name: 'acme', tenantId: stores[0]!.id });
    assert.match(await page(), /1 thing on its disk is not as it was published[\s\S]*Restore…/);
  });

  it('shows a viewer the same, without the means', async () => {
    await findOnPaper(console.ctx, edge, { kind: 'deleted', name: 'acme', tenantId: stores[0]!.id });
    const viewer = await console.signIn('viewer');

    const { text } = await viewer.browser.get('/edge').expect(200);

    assert.match(text, /Look into it/);
    assert.doesNotMatch(text, /Restore…/);
  });

  it('sends the cards over its event stream at once, and to a poll alike', async () => {
    const cards = await browser.get('/edge/cards').expect(200);
    assert.match(cards.text, /^\s*<div id="edge-cards">/);

    const live = await browser
      .get('/edge/live')
      .buffer(true)
      .parse((response, done) => {
        response.once('data', (chunk: Buffer) => {
          done(null, chunk.toString());
          (response as unknown as Readable).destroy();
        });
      })
      .expect('Content-Type', /^text\/event-stream/);

    assert.match(live.body as string, /^data: [\s\S]*id="edge-cards"/);
  });

  it('lists the last probe of every store, and those that failed', async () => {
    await files('acme').update({ probe_error: 'it answered 502', confirmed_at: null });
    await files('bravo').update({ confirmed_at: null, probed_at: null });
    const slugs = async (query: string) =>
      [...(await page(`/edge/stores${query}`)).matchAll(/id="served-edge-1-(\w+)"/g)].map((match) => match[1]);

    assert.deepEqual(await slugs(''), ['acme', 'bravo']);
    assert.deepEqual(await slugs('?show=failing&edge=edge-1'), ['acme']);
    assert.deepEqual(await slugs('?show=unseen'), ['bravo']);
    assert.deepEqual(await slugs('?q=rav'), ['bravo']);
    assert.deepEqual(await slugs('?show=nonsense&q=zzz'), []);
  });

  describe('a reload', () => {
    const post = (form: object) =>
      browser
        .post('/edge/edge-1/reloads')
        .type('form')
        .send({ _csrf: csrf, ...form });

    it('is a job, with its reason in the audit log', async () => {
      const answer = await post({ reason: 'after a new certificate' }).expect(303);

      const jobId = /^\/jobs\/(.+)$/.exec(answer.headers.location!)![1]!;
      const job = await console.ctx.db('platform.jobs').where({ id: jobId }).first();
      assert.deepEqual([job.kind, job.payload.reason], ['edge.reload', 'after a new certificate']);
      const [audited] = await console.ctx.db('platform.audit_log').where({ action: 'edge.reload_requested' });
      assert.deepEqual([audited.subject_label, audited.after.reason], ['edge-1', 'after a new certificate']);
      assert.match(await page(answer.headers.location), /Reload an edge · edge edge-1/);
    });

    it('wants a reason, keeps what was typed, and knows its edges', async () => {
      const { text } = await post({ reason: 'x' }).expect(422);

      assert.match(text, /value="x"[\s\S]*Say why/);
      await browser.get('/edge/nowhere/reloads').expect(404);
      assert.equal((await console.ctx.db('platform.jobs').where({ kind: 'edge.reload' })).length, 0);
    });

    it('is listed with how long it took, or why it was refused', async () => {
      for (let n = 0; n < 51; n++)
        await reloadedOnPaper(console.ctx, edge, { at: new Date(Date.UTC(2026, 10, 1, 0, n)), reason: `n${n}` });
      await reloadedOnPaper(console.ctx, edge, { errorMessage: 'nginx: [emerg]' });

      const text = await page('/edge/edge-1/reloads');
      const next = /href="([^"]+)" rel="next"/.exec(text)![1]!.replaceAll('&amp;', '&');

      assert.match(text, /Refused[\s\S]*nginx: \[emerg\][\s\S]*412 ms/);
      assert.match(await page(next), /n1 [\s\S]*n0 /);
    });
  });

  it('speaks Portuguese to who asks for it', async () => {
    await browser.post('/preferences').type('form').send({ _csrf: csrf, locale: 'pt-BR', next: '/edge' }).expect(303);

    const text = await page();

    assert.match(text, /Serve o que queremos\.[\s\S]*Servidas como publicado/);
    assert.doesNotMatch(text, /edge:|revisions:/);
  });
});
