import assert from 'node:assert/strict';
import { getTenant, type Tenant } from '#domain/tenants/index.ts';
import { openTestConsole, type Browser, type TestConsole } from '#tests/support/console.ts';
import { addLiveStore, asLive, enrolPaperEdge, findOnPaper, publishOnPaper } from '#tests/support/edge-rows.ts';

describe('the drift of the console', function () {
  this.timeout(60_000);
  let console: TestConsole;
  let browser: Browser;
  let csrf: string;
  let edge: string;
  let acme: Tenant;
  let published: string;

  beforeEach(async () => {
    console = await openTestConsole();
    ({ browser, csrf } = await console.signIn('operator'));
    edge = await enrolPaperEdge(console.ctx);
    acme = await addLiveStore(console.ctx, 'acme');
    await publishOnPaper(console.ctx, [asLive(acme)]);
    const { rows } = await console.ctx.db.raw('select document::text as text from platform.edge_revision_files');
    published = rows[0].text;
  });
  afterEach(() => console?.stop());

  const page = async (path: string, status = 200) => (await browser.get(path).expect(status)).text;
  const post = (path: string, form: object) =>
    browser
      .post(path)
      .type('form')
      .send({ _csrf: csrf, ...form });
  const shownIn = (text: string) => /name="shown" value="([^"]+)"/.exec(text)?.[1];
  const find = (drift: Parameters<typeof findOnPaper>[2]) => findOnPaper(console.ctx, edge, drift);
  const edited = (change: (text: string) => string, actual = 'live:bb') =>
    find({ kind: 'edited', name: 'acme', tenantId: acme.id, actual, found: change(published) });
  const jobs = (kind: string) => console.ctx.db('platform.jobs').where({ kind });
  const ACME = '/edge/edge-1/drift/edited/acme';

  it('says that nothing differs, and as of when', async () => {
    assert.match(
      await page('/edge/drift'),
      /Nothing differs[\s\S]*Nobody has compared its disk|Nobody has compared[\s\S]*Nothing differs/,
    );
    await page('/edge/nowhere/drift', 404);
    await page(ACME, 404);
    await page('/edge/edge-1/drift/nonsense/acme', 404);
  });

  describe('an edited file', () => {
    beforeEach(() => edited((text) => text.replace('Loja acme', 'By hand').replace('"BRL"', '"USD"')));

    it('is listed and shown with its diff, what would be adopted apart from what would not', async () => {
      assert.match(await page('/edge/drift'), /href="\/edge\/edge-1\/drift\/edited\/acme">acme/);

      const text = await page(ACME);

      assert.match(text, /The file of acme was changed on edge-1/);
      const [differs, besides] = text.split('What differs besides') as [string, string];
      assert.match(differs, /<del>Loja acme<\/del> → <ins>By hand/);
      assert.match(besides, /Never adopted[\s\S]*<del>BRL<\/del> → <ins>USD/);
      assert.match(text, /<pre class="document">\{\n {2}&#34;slug/);
    });

    it('is restored by a job that knows what was seen', async () => {
      const answer = await post('/edge/edge-1/restores', {
        kind: 'edited',
        name: 'acme',
        shown: shownIn(await page(ACME)),
      }).expect(303);

      const [job] = await jobs('edge.restore');
      assert.equal(answer.headers.location, `/jobs/${job.id}`);
      assert.deepEqual(job.payload.findings, [{ kind: 'edited', name: 'acme', actual: 'live:bb' }]);
      const audited = await console.ctx.db('platform.audit_log').where({ action: 'edge.restore_requested' });
      assert.equal(audited.length, 1);
    });

    it('is adopted: the store says what the file says, and a job publishes it', async () => {
      const form = { kind: 'edited', name: 'acme', shown: shownIn(await page(ACME)) };
      const answer = await post('/edge/edge-1/adoptions', form).expect(303);

      const [job] = await jobs('tenant.publish');
      assert.equal(answer.headers.location, `/jobs/${job.id}`);
      const { name, currency } = await getTenant(console.ctx, 'acme');
      assert.deepEqual([name, currency], ['By hand', 'BRL']);
    });

    it('is neither restored nor adopted when it was changed once more since it was seen', async () => {
      const form = { kind: 'edited', name: 'acme', shown: shownIn(await page(ACME)) };
      await console.ctx.db('platform.edge_drift').update({ actual: 'live:cc' });

      for (const verb of ['restores', 'adoptions']) {
        const { text } = await post(`/edge/edge-1/${verb}`, form).expect(409);
        assert.match(text, /changed once more meanwhile[\s\S]*live:cc/);
      }

      assert.deepEqual([await jobs('edge.restore'), await jobs('tenant.publish')], [[], []]);
      assert.equal((await getTenant(console.ctx, 'acme')).name, 'Loja acme');
    });

    it('is restored by on-call, and adopted by operators only', async () => {
      const onCall = await console.signIn('on_call');

      const { text } = await onCall.browser.get(ACME).expect(200);

      assert.match(text, /action="\/edge\/edge-1\/restores"/);
      assert.doesNotMatch(text, /action="\/edge\/edge-1\/adoptions"/);
      assert.match(text, /Adopting needs the role Operator/);
    });
  });

  it('closes a store by adoption only when its name is typed', async () => {
    await edited((text) => text, 'suspended:bb');
    const text = await page(ACME);
    assert.match(text, /<del>Live<\/del> → <ins>Suspended/);
    assert.match(text, /acme is suspended: its visitors and its people are locked out/);
    const form = { kind: 'edited', name: 'acme', shown: shownIn(text) };

    const refused = await post('/edge/edge-1/adoptions', form).expect(422);
    assert.match(refused.text, /This is not the name/);
    assert.equal((await getTenant(console.ctx, 'acme')).status, 'live');
    await post('/edge/edge-1/adoptions', { ...form, confirmation: 'acme' }).expect(303);

    assert.equal((await getTenant(console.ctx, 'acme')).status, 'suspended');
  });

  const bars: [string, () => Promise<void>, string, RegExp][] = [
    [
      'a deleted file',
      () => find({ kind: 'deleted', name: 'acme', tenantId: acme.id, actual: 'absent' }),
      '/deleted/acme',
      /suspend or archive it[\s\S]*Open acme/,
    ],
    [
      'a changed mode',
      () => find({ kind: 'mode', name: 'acme', tenantId: acme.id, actual: '600' }),
      '/mode/acme',
      /There is nothing to adopt/,
    ],
    [
      'bytes that are no document',
      () => edited(() => '<b>not JSON</b>'),
      '/edited/acme',
      /no document of a store[\s\S]*/,
    ],
    [
      'something foreign',
      () => find({ kind: 'foreign', name: 'tenants/core.1' }),
      `/foreign/${encodeURIComponent('tenants/core.1')}`,
      /remove it there[\s\S]*no store’s file/,
    ],
    ['maps', () => find({ kind: 'maps', name: 'maps', actual: 'cc' }), '/maps/maps', /decided store by store/],
    [
      'a file under a name that is taken',
      () => find({ kind: 'unknown', name: 'www', found: '{}' }),
      '/unknown/www',
      /no document of a store/,
    ],
  ];
  for (const [what, arrange, path, expected] of bars)
    it(`says of ${what} why it cannot be adopted, and what to do instead`, async () => {
      await arrange();

      const text = await page(`/edge/edge-1/drift${path}`);

      assert.match(text, expected);
      assert.doesNotMatch(text, /\/adoptions"/);
      assert.doesNotMatch(text, /<b>not JSON/);
    });

  describe('a file of nobody', () => {
    const MOLE = '/edge/edge-1/drift/unknown/mole';

    beforeEach(() =>
      find({
        kind: 'unknown',
        name: 'mole',
        actual: 'live:dd',
        found: published.replace('"acme"', '"mole"').replace('Loja acme', 'Toca & Cia'),
      }),
    );

    it('leads to a new store with its name and colours', async () => {
      const text = await page(MOLE);
      const href = /href="(\/tenants\/new\?[^"]+)"/.exec(text)![1]!.replaceAll('&amp;', '&').replaceAll('&#38;', '&');

      const form = await page(href);

      assert.match(form, /id="name"[^>]*value="Toca &amp; Cia"/);
      assert.match(form, /id="slug"[^>]*value="mole"/);
      assert.match(form, /value="#1a73e8"/);
    });

    it('is removed once its name is typed, and goes on to the new store when asked to', async () => {
      const form = { kind: 'unknown', name: 'mole', shown: shownIn(await page(MOLE)), next: 'new_store' };
      await post('/edge/edge-1/restores', { ...form, confirmation: 'acme' }).expect(422);
      assert.deepEqual(await jobs('edge.restore'), []);

      const answer = await post('/edge/edge-1/restores', { ...form, confirmation: 'mole' }).expect(303);

      assert.match(answer.headers.location!, /^\/tenants\/new\?slug=mole&name=Toca/);
      assert.equal((await jobs('edge.restore')).length, 1);
    });
  });

  it('is restored all at once when the edge’s name is typed', async () => {
    await edited((text) => text.replace('Loja', 'Toca'));
    await find({ kind: 'foreign', name: 'suspended/ghost.json' });
    const text = await page('/edge/edge-1/restores');
    assert.match(text, /what was published in 2 places/);
    const shown = shownIn(text);

    await post('/edge/edge-1/restores', { shown, confirmation: 'edge' }).expect(422);
    await find({ kind: 'mode', name: 'acme', tenantId: acme.id, actual: '600' });
    const changed = await post('/edge/edge-1/restores', { shown, confirmation: 'edge-1' }).expect(409);
    await post('/edge/edge-1/restores', { shown: shownIn(changed.text), confirmation: 'edge-1' }).expect(303);

    const [job] = await jobs('edge.restore');
    assert.equal(job.payload.findings.length, 3);
  });

  it('of a disk that differs everywhere is listed page by page, each place once', async () => {
    const places = Array.from({ length: 60 }, (_, n) => `tenants/core.${n + 100}`);
    for (const name of places) await find({ kind: 'foreign', name });
    const namesIn = (text: string) => [...text.matchAll(/>(tenants\/core\.\d+)<\/a>/g)].map(([, name]) => name);

    const first = await page('/edge/drift');
    const next = /href="([^"]+)" rel="next"/.exec(first)![1]!.replaceAll('&amp;', '&');
    const second = await page(next);

    assert.equal(namesIn(first).length, 50);
    assert.deepEqual([...namesIn(first), ...namesIn(second)], places);
    assert.doesNotMatch(second, /rel="next"/);
    const decision = await page('/edge/edge-1/restores');
    assert.equal(namesIn(decision).length, 50);
    assert.match(decision, /These are 50 of 60 places[\s\S]*60 places stay as they are/);
  });
});
