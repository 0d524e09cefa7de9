import assert from 'node:assert/strict';
import { applyLines, readFile } from '#domain/applications/index.ts';
import { getTenant } from '#domain/tenants/index.ts';
import { openTestConsole, type Browser, type TestConsole } from '#tests/support/console.ts';
import { addManyTenants } from '#tests/support/many-tenants.ts';

const HEAD = 'slug,name,admin_name,admin_email';
const rowsOf = (count: number) =>
  Array.from({ length: count }, (_, index) => `nova-${index},Nova ${index},Ana,ana@nova${index}.test`);

describe('stores from a file in the console', function () {
  this.timeout(40_000);
  let console: TestConsole;
  let browser: Browser;
  let csrf: string;

  before(async () => {
    console = await openTestConsole();
    await addManyTenants(console, 5);
    ({ browser, csrf } = await console.signIn('operator'));
  });
  after(() => console?.stop());

  const upload = (name: string, bytes: Buffer | string) =>
    browser.post('/tenants/applications').field('_csrf', csrf).attach('file', Buffer.from(bytes), name);
  const paste = (content: string) => browser.post('/tenants/applications').field({ _csrf: csrf, content });
  const send = async (...rows: string[]) =>
    (await upload('lojas.csv', [HEAD, ...rows].join('\n')).expect(303)).headers.location!;
  const post = (path: string, fields: Record<string, string> = {}) =>
    browser
      .post(path)
      .type('form')
      .send({ _csrf: csrf, ...fields });
  const carryOut = (address: string) =>
    applyLines(console.ctx, address.split('/').at(-1)!, {
      signal: new AbortController().signal,
      progress: async () => undefined,
    });

  it('are offered beside a new store, with examples that can be read back', async () => {
    assert.match((await browser.get('/tenants').expect(200)).text, /href="\/tenants\/applications\/new"/);
    assert.match((await browser.get('/tenants/applications/new').expect(200)).text, /enctype="multipart\/form-data"/);
    for (const format of ['csv', 'yaml'] as const) {
      const example = await browser.get(`/tenants/applications/examples/${format}`).buffer().expect(200);
      assert.match(example.headers['content-disposition']!, new RegExp(`stores\\.${format}`));
      const lines = await readFile({ format, content: example.text });
      assert.deepEqual(
        lines.map(({ slug, faults }) => [slug, faults]),
        [
          ['acme', []],
          ['deposito-sao-joao', []],
        ],
      );
    }
    await browser.get('/tenants/applications/examples/exe').expect(404);
  });

  it('are reported line by line, loudly where lines are refused, and not made yet', async () => {
    const address = await send('nova-x,Nova,Ana,ana@x.test', 'loja-1,Outro nome,,outra@x.test', 'loja-2,,,', 'Ruim,,,');

    const { text } = await browser.get(address).expect(200);

    assert.match(text, /1 line is refused and will be left out[\s\S]*The other 2 can be applied/);
    assert.match(text, /id="line-1"[\s\S]*?nova-x[\s\S]*?Create/);
    assert.match(
      text,
      /id="line-2"[\s\S]*?Name: <del>[^<]+<\/del> → <ins>Outro nome<\/ins>[\s\S]*?first user stays as it is/,
    );
    assert.match(text, /id="line-4"[\s\S]*?Refused[\s\S]*?slug: Use lower-case letters only\./);
    assert.match(text, /Apply to 2 stores/);
    const problems = (await browser.get(`${address}?which=problems`).expect(200)).text;
    assert.deepEqual(
      [...problems.matchAll(/id="line-(\d)"/g)].map(([, position]) => position),
      ['4'],
    );
    await assert.rejects(getTenant(console.ctx, 'nova-x'), { code: 'tenant_not_found' });
  });

  it('are made as confirmed, followed live, and unchanged when the file is sent again', async () => {
    const rows = ['nova-y,Nova,Ana,ana@y.test', 'loja-2,Nome do arquivo,,'];
    const address = await send(...rows);

    await post(`${address}/confirmation`, { reason: 'the new chain' }).expect(303).expect('Location', address);
    const waiting = (await browser.get(address).expect(200)).text;
    await carryOut(address);
    const { text } = await browser.get(`${address}/progress`).expect(200);

    assert.match(waiting, /hx-sse:connect="[^"]+\/live"[^>]*data-poll="[^"]+\/progress"[\s\S]*0 of 2 done/);
    assert.doesNotMatch(waiting, /id="line-1"[\s\S]*Waiting/, 'what would be old a second later');
    assert.match(text, /In progress[\s\S]*?>2</);
    assert.equal((await getTenant(console.ctx, 'nova-y')).status, 'provisioning');
    assert.equal((await getTenant(console.ctx, 'loja-2')).name, 'Nome do arquivo');
    const form = (await browser.get('/tenants/applications/new').expect(200)).text;
    assert.match(form, new RegExp(`Files of this week[\\s\\S]*?href="${address}">2 stores</a> · applied`));
    const again = (await browser.get(await send('loja-2,Nome do arquivo,,')).expect(200)).text;
    assert.match(again, /There is nothing to do/);
    assert.doesNotMatch(again, /\/confirmation/);
    await post(`${address}/confirmation`).expect(409);
  });

  it('name what failed or was left alone in the piece that is live', async () => {
    const address = await send('loja-3,Do arquivo,,');
    await console.ctx.db('platform.tenants').where({ slug: 'loja-3' }).update({ name: 'Meanwhile' });
    await post(`${address}/confirmation`).expect(303);
    await carryOut(address);

    const { text } = await browser.get(`${address}/progress`).expect(200);

    assert.match(text, /To be looked at[\s\S]*?>loja-3<[\s\S]*?Left alone[\s\S]*?Something else has happened/);
  });

  it('give first passwords as a file that nobody keeps', async () => {
    const address = await send('nova-z,Nova,Ana,ana@z.test');
    await post(`${address}/confirmation`).expect(303);
    await carryOut(address);
    const running = (await browser.get(address).expect(200)).text;
    await console.ctx.db('platform.jobs').update({ status: 'succeeded' });
    const ended = (await browser.get(address).expect(200)).text;

    const { headers, text } = await post(`${address}/first-passwords`).buffer().expect(200);

    assert.doesNotMatch(running, /Issue first passwords/);
    assert.match(ended, /Applied[\s\S]*1 of 1 done[\s\S]*Issue first passwords[\s\S]*id="line-1"[\s\S]*Done/);
    assert.match(headers['content-type']!, /^text\/csv/);
    assert.equal(headers['cache-control'], 'no-store');
    assert.equal(text, 'slug,address,email,one_time_password\r\n', 'the store is not there yet');
  });

  it('keep what was pasted, and give a file back to be mended, in the words of the reader', async () => {
    const pasted = (await paste('slug,nome\nacme,x').expect(422)).text;
    const sent = (await upload('lojas.csv', 'slug,nome\nacme,x').expect(422)).text;
    const nothing = (await paste('  ').expect(422)).text;
    const latin = (await upload('lojas.csv', Buffer.from('slug;name\nacme;São', 'latin1')).expect(422)).text;
    const large = (await upload('lojas.csv', 'x'.repeat(2_500_000)).expect(422)).text;
    await post('/preferences', { locale: 'pt-BR', next: '/' }).expect(303);
    const translated = (await paste('slug,nome\nacme,x').expect(422)).text;
    await post('/preferences', { locale: 'en', next: '/' }).expect(303);

    assert.match(pasted, /Line 1: There is no column “nome”[\s\S]*admin_email/);
    assert.match(pasted, />slug,nome\nacme,x<\/textarea>/);
    assert.match(sent, /The text of your file is below[\s\S]*>slug,nome\nacme,x<\/textarea>/);
    assert.match(nothing, /Choose a file, or paste its text/);
    assert.match(latin, /Save it as “CSV UTF-8”/);
    assert.match(large, /larger than 2 MB/);
    assert.match(translated, /Linha 1: Não existe a coluna “nome”/);
  });

  it('are shown page by page', async () => {
    const address = await send(...rowsOf(120));
    const seen: string[] = [];
    for (let next: string | undefined = address; next;) {
      const text: string = (await browser.get(next).expect(200)).text;
      seen.push(...[...text.matchAll(/id="line-(\d+)"/g)].map((match) => match[1]!));
      next = /href="([^"]+)" rel="next"/.exec(text)?.[1]?.replaceAll('&amp;', '&');
    }

    assert.equal(new Set(seen).size, 120);
  });

  it('are nobody’s who may not make a store, and a form without its token is refused', async () => {
    const onCall = await console.signIn('on_call');
    await onCall.browser.get('/tenants/applications/new').expect(403);
    await onCall.browser.post('/tenants/applications').field('_csrf', onCall.csrf).field('content', HEAD).expect(403);
    await browser.post('/tenants/applications').field('content', HEAD).expect(403);
    await browser
      .post('/tenants/applications')
      .set('Content-Type', 'multipart/form-data')
      .send('no boundary')
      .expect(400);
  });
});
