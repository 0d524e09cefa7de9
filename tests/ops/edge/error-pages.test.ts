import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ask } from '#tests/support/edge-requests.ts';
import { startTestEdge, type TestEdge } from '#tests/support/edge.ts';

describe('error pages at the edge', () => {
  let edge: TestEdge;
  before(async () => {
    edge = await startTestEdge();
  });
  after(() => edge.stop());

  const put = (slug: string, document: object) =>
    writeFile(join(edge.tenantsDir, `${slug}.json`), JSON.stringify({ slug, ...document }));
  const page = async (slug: string, path = '/nothing') => (await ask(edge.url, `${slug}.localhost`, path)).body;

  it('bear the store’s name and colour', async () => {
    await put('acme', { name: 'Depósito São João & Cia', primary_color: '#0b6b3a' });

    for (const path of ['/nothing', '/web/x']) {
      const body = await page('acme', path);
      assert.match(body, /<title>[^<]+ · Depósito São João &amp; Cia<\/title>/);
      assert.match(body, /<p class="store">Depósito São João &amp; Cia<\/p>/);
      assert.match(body, /border-top-color: #0b6b3a;/);
    }
  });

  it('bear them for a suspended store too', async () => {
    await put('closed', { name: 'Loja Fechada', primary_color: '#0b6b3a' });
    await writeFile(join(edge.suspendedDir, 'closed.json'), '');

    assert.match(await page('closed', '/web/x'), /<p class="store">Loja Fechada<\/p>/);
  });

  it('bear the platform’s where no store is known', async () => {
    const body = (await ask(edge.url, 'nobody.localhost', '/')).body;

    assert.match(body, /<title>[^<]+ · BaseCommerce<\/title>/);
    assert.doesNotMatch(body, /class="store"|border-top-color: #/);
  });

  it('write a name that is markup as text', async () => {
    await put('evil', { name: '<script>alert(1)</script><!--# echo var=host -->', primary_color: '#0b6b3a' });

    const body = await page('evil');

    assert.doesNotMatch(body, /<script/);
    assert.match(body, /&lt;script&gt;alert\(1\)/);
  });

  for (const [what, document] of [
    ['a name with quotes', { name: 'Loja "Boa"', primary_color: '#0b6b3a' }],
    ['no name', { primary_color: '#0b6b3a' }],
  ] as const)
    it(`do without the name for ${what}`, async () => {
      await put('odd', document);

      const body = await page('odd');

      assert.match(body, /· BaseCommerce<\/title>/);
      assert.doesNotMatch(body, /class="store"/);
    });

  for (const color of ['red;} body{display:none', '#0b6b3', '#0b6b3a;x', 'url(//evil.example)'])
    it(`take no colour from ${color}`, async () => {
      await put('gaudy', { name: 'Loja', primary_color: color });

      assert.doesNotMatch(await page('gaudy'), /border-top-color: [^v]|evil|display: ?none/);
    });

  it('are whole for a store whose file is not JSON, or huge', async () => {
    for (const bytes of ['', 'nonsense', 'x'.repeat(70_000)]) {
      await writeFile(join(edge.tenantsDir, 'broken.json'), bytes);

      const body = await page('broken');

      assert.match(body, /<\/html>/);
      assert.match(body, /· BaseCommerce<\/title>/);
    }
  });
});
