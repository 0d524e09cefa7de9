import assert from 'node:assert/strict';
import { getTenant, type Tenant } from '#domain/tenants/index.ts';
import { openTestConsole, type Browser, type TestConsole } from '#tests/support/console.ts';
import { addLiveStore, asLive, enrolPaperEdge, publishOnPaper } from '#tests/support/edge-rows.ts';

describe('the revisions of the console', function () {
  this.timeout(60_000);
  let console: TestConsole;
  let browser: Browser;
  let csrf: string;
  let stores: Tenant[];
  let first: number;
  let second: number;

  beforeEach(async () => {
    console = await openTestConsole();
    ({ browser, csrf } = await console.signIn('operator'));
    await enrolPaperEdge(console.ctx);
    stores = [await addLiveStore(console.ctx, 'acme'), await addLiveStore(console.ctx, 'bravo')];
    [first] = (await publishOnPaper(console.ctx, stores.map(asLive), { reason: 'onboarding' })) as [number];
    await console.ctx.db('platform.tenants').where({ slug: 'acme' }).update({ name: 'Wrong & worse' });
    const color = { primary_color: '#00695c', features: '{"delivery":false}' };
    await console.ctx.db('platform.tenant_branding').where({ tenant_id: stores[0]!.id }).update(color);
    [second] = (await publishOnPaper(console.ctx, stores.map(asLive), { author: 'sam', reason: 'a slip' })) as [number];
  });
  afterEach(() => console?.stop());

  const page = async (path: string, status = 200) => (await browser.get(path).expect(status)).text;
  const numbers = (text: string) => [...text.matchAll(/<tr id="revision-(\d+)"/g)].map((match) => Number(match[1]));
  const post = (path: string, form: object) =>
    browser
      .post(path)
      .type('form')
      .send({ _csrf: csrf, ...form });
  const hidden = (text: string, name: string) => new RegExp(`name="${name}" value="([^"]+)"`).exec(text)?.[1];

  describe('GET /edge/revisions', () => {
    it('lists them newest first, by store and by outcome', async () => {
      await console.ctx.db('platform.edge_revisions').where({ number: first }).update({ outcome: 'partial' });

      assert.deepEqual(numbers(await page('/edge/revisions')), [second, first]);
      assert.deepEqual(numbers(await page('/edge/revisions?store=bravo')), [first]);
      assert.deepEqual(numbers(await page(`/edge/revisions?store=${stores[0]!.id}&outcome=confirmed`)), [second]);
      assert.deepEqual(numbers(await page('/edge/revisions?edge=edge-1&outcome=nonsense')), [second, first]);
      assert.match(await page('/edge/revisions?store=nobody'), /No revisions/);
    });

    it('leads from page to page, each once', async () => {
      for (let n = 0; n < 50; n++)
        await console.ctx.db('platform.edge_revisions').insert({
          droplet_id: console.ctx.db('platform.droplets').select('id').first(),
          author: 'o',
          reason: `n${n}`,
          outcome: 'failed',
          created_at: new Date(),
        });

      const text = await page('/edge/revisions?outcome=');
      const next = /href="([^"]+)" rel="next"/.exec(text)![1]!.replaceAll('&amp;', '&');
      const rest = await page(next);

      assert.deepEqual([numbers(text).length, numbers(rest)], [50, [second, first]]);
      assert.doesNotMatch(rest, /rel="next"/);
    });
  });

  describe('GET /edge/revisions/:number', () => {
    it('says what changed, who did it, why, and what the edge answered', async () => {
      const text = await page(`/edge/revisions/${second}`);

      assert.match(text, /<dd>sam<\/dd>[\s\S]*<dd>a slip<\/dd>/);
      assert.match(text, /Name<\/span> <del>Loja acme<\/del> → <ins>Wrong &amp; worse/);
      assert.match(text, /Main colour<\/span>\s*<svg[\s\S]*<del>#1a73e8<\/del> → [\s\S]*<svg[\s\S]*<ins>#00695c/);
      assert.match(text, /Feature delivery<\/span> <del>true<\/del> → <ins>false/);
      assert.match(text, /The edge answered with it[\s\S]*Still served/);
      assert.match(text, new RegExp(`href="/jobs/[^"]+"[\\s\\S]*href="/edge/rollbacks\\?at=`));
    });

    it('tells of a file that was replaced since, and of one that failed', async () => {
      const error = { outcome: 'failed', error_code: 'agent_refused', error_message: 'bad bravo: not JSON' };
      await console.ctx.db('platform.edge_revision_files').where({ revision: first, slug: 'bravo' }).update(error);
      await console.ctx.db('platform.edge_revisions').where({ number: first }).update({ outcome: 'partial' });

      const text = await page(`/edge/revisions/${first}`);

      assert.match(text, new RegExp(`id="file-acme"[\\s\\S]*By now: revision ${second}`));
      assert.match(text, /id="file-bravo"[\s\S]*bad bravo: not JSON/);
      const failed = await page(`/edge/revisions/${first}?show=failed`);
      assert.doesNotMatch(failed, /id="file-acme"/);
      assert.match(failed, /id="file-bravo"/);
    });

    it('shows which lines of maps were taken away and added', async () => {
      const [droplet] = await console.ctx.db('platform.droplets');
      const revision = {
        droplet_id: droplet.id,
        kind: 'maps',
        author: 'olivia',
        reason: 'rename',
        outcome: 'confirmed',
      };
      const numbersMade: number[] = [];
      for (const lines of ['alias old acme\nlimit acme plus\n', 'alias old acme\ndomain acme.com acme\n']) {
        const [row] = await console.ctx
          .db('platform.edge_revisions')
          .insert({ ...revision, created_at: new Date() })
          .returning('number');
        const previous_revision = numbersMade.at(-1) ?? null;
        numbersMade.push(Number(row.number));
        const maps = { revision: row.number, lines, sha256: 'x', previous_revision };
        await console.ctx.db('platform.edge_revision_maps').insert(maps);
      }

      const text = await page(`/edge/revisions/${numbersMade[1]}`);

      assert.match(text, /diff-removed"[\s\S]*limit acme plus[\s\S]*diff-added"[\s\S]*domain acme\.com acme/);
      assert.doesNotMatch(text, /alias old acme/);
    });

    it('answers 404 for a number that nothing has', async () => {
      for (const number of ['999', '0', 'x', '99999999999999999999']) await page(`/edge/revisions/${number}`, 404);
    });
  });

  describe('rolling one store back', () => {
    const path = () => `/edge/revisions/${first}/rollbacks`;

    it('shows what would change, and changes that by a job', async () => {
      const plan = await page(`${path()}?store=${stores[0]!.id}`);
      assert.match(plan, /<del>Wrong &amp; worse<\/del> → <ins>Loja acme/);

      const form = { store: stores[0]!.id, shown: hidden(plan, 'shown'), reason: 'it was a slip' };
      const answer = await post(path(), form).expect(303);

      assert.match(answer.headers.location!, /^\/jobs\//);
      assert.equal((await getTenant(console.ctx, 'acme')).name, 'Loja acme');
      assert.match(await page(`${path()}?store=acme`), /acme says already what it said then/);
    });

    it('wants a reason, and refuses a plan that changed, showing the new one', async () => {
      const plan = await page(`${path()}?store=acme`);
      const form = { store: 'acme', shown: hidden(plan, 'shown') };
      assert.match((await post(path(), { ...form, reason: '' }).expect(422)).text, /Say why/);
      await console.ctx.db('platform.tenants').where({ slug: 'acme' }).update({ name: 'Meanwhile' });

      const { text } = await post(path(), { ...form, reason: 'a slip' }).expect(409);

      assert.match(text, /Meanwhile something else would change[\s\S]*<del>Meanwhile<\/del>/);
      assert.match(text, /value="a slip"/);
      assert.equal((await getTenant(console.ctx, 'acme')).name, 'Meanwhile');
    });

    it('knows no store that the revision did not serve', async () => {
      await page(`/edge/revisions/${second}/rollbacks?store=bravo`, 404);
      await page(`${path()}?store=nobody`, 404);
    });
  });

  describe('rolling everything back', () => {
    const momentBefore = async () => {
      const { created_at } = await console.ctx.db('platform.edge_revisions').where({ number: second }).first();
      return created_at as Date;
    };

    it('asks for a time first, and says what is no time', async () => {
      assert.match(await page('/edge/rollbacks'), /type="datetime-local"/);
      assert.match(await page('/edge/rollbacks?at=yesterday', 422), /Type a date and a time/);
      assert.match(await page('/edge/rollbacks?at=2999-01-01T00:00', 422), /still to come/);
      assert.match(await page('/edge/rollbacks?at=2020-01-01T00:00'), /Nothing would change/);
    });

    it('plans exactly the stores that would change, and does it once the time is typed', async () => {
      const at = (await momentBefore()).toISOString();
      const plan = await page(`/edge/rollbacks?at=${at}`);
      assert.match(plan, /1 store would change back to[\s\S]*id="item-acme"/);
      assert.doesNotMatch(plan, /id="item-bravo"/);
      const form = { at, shown: hidden(plan, 'shown'), reason: 'a bad import' };

      const wrong = await post('/edge/rollbacks', { ...form, confirmation: 'yes' }).expect(422);
      assert.match(wrong.text, /This is not the time/);
      assert.match(wrong.text, /value="a bad import"/);
      const confirmation = at.slice(0, 16).replace('T', ' ');
      const answer = await post('/edge/rollbacks', { ...form, confirmation }).expect(303);

      assert.match(answer.headers.location!, /^\/jobs\//);
      assert.equal((await getTenant(console.ctx, 'acme')).name, 'Loja acme');
    });

    it('refuses a plan that changed', async () => {
      const at = (await momentBefore()).toISOString();
      const shown = hidden(await page(`/edge/rollbacks?at=${at}`), 'shown');
      await console.ctx.db('platform.tenants').where({ slug: 'bravo' }).update({ name: 'Too' });

      const confirmation = at.slice(0, 16).replace('T', ' ');
      const { text } = await post('/edge/rollbacks', { at, shown, reason: 'a slip', confirmation }).expect(409);

      assert.match(text, /2 stores would change back to/);
      assert.equal((await getTenant(console.ctx, 'acme')).name, 'Wrong & worse');
    });

    it('is shown to a viewer, who cannot do it', async () => {
      const viewer = await console.signIn('viewer');
      const at = (await momentBefore()).toISOString();

      const { text } = await viewer.browser.get(`/edge/rollbacks?at=${at}`).expect(200);

      assert.match(text, /Rolling back needs the role Operator/);
      assert.doesNotMatch(text, /action="\/edge\/rollbacks" novalidate/);
    });
  });

  describe('publishing what is pending', () => {
    it('shows the plan, and asks for a job', async () => {
      assert.match(await page('/edge/plan'), /Nothing is pending/);
      await console.ctx.db('platform.tenants').where({ slug: 'bravo' }).update({ name: 'Bravo!' });
      const plan = await page('/edge/plan');
      assert.match(plan, /1 file[\s\S]*id="planned-edge-1-bravo"[\s\S]*<del>Loja bravo<\/del> → <ins>Bravo!/);

      const form = { shown: hidden(plan, 'shown'), reason: 'the edge was away' };
      const answer = await post('/edge/publications', form).expect(303);

      const job = await console.ctx
        .db('platform.jobs')
        .where({ id: answer.headers.location!.slice(6) })
        .first();
      assert.deepEqual([job.kind, job.payload.tenantIds], ['tenants.publish', [stores[1]!.id]]);
    });

    it('sends chosen stores again that were not seen served', async () => {
      await console.ctx.db('platform.edge_files').where({ slug: 'acme' }).update({ confirmed_at: null });
      const plan = await page('/edge/plan?store=acme&store=bravo');
      assert.match(plan, /The same once more: the edge was not seen serving it/);
      assert.doesNotMatch(plan, /planned-edge-1-bravo/);

      await post('/edge/publications', { store: 'acme', shown: 'another', reason: 'again' }).expect(409);
      await post('/edge/publications', { store: 'acme', reason: 'again' }).expect(303);
      await page('/edge/plan?store=nobody', 422);
    });
  });
});
