import assert from 'node:assert/strict';
import { ask } from '#tests/support/edge-requests.ts';
import { createLiveStore, demoOf, signInByApi } from './api-steps.ts';
import { signInToStore } from './store-steps.ts';
import { useWorld } from './world.ts';

const OTHER = 'vizinha';

describe('Stores side by side', function () {
  this.timeout(30_000);
  const world = useWorld();
  const visit = (slug: string, path: string, headers: Record<string, string> = {}) =>
    ask(world.platform.edgeUrl, `${slug}.localhost`, path, { headers });

  before(() => createLiveStore(world.platform, OTHER));

  it('answer nobody under a name that no store has', async () => {
    const { page, expectingTrouble } = await world.visitor({ locale: 'pt-BR' });
    const answer = await expectingTrouble(() => page.goto(world.platform.storeUrl('ninguem')));
    assert.equal(answer?.status(), 404);
    assert.match(await page.locator('h1').innerText(), /./);
    assert.equal((await visit('ninguem', '/tenant.json')).status, 404);
  });

  it('show each its own public document', async () => {
    for (const slug of ['demo', OTHER]) {
      const answer = await visit(slug, '/tenant.json');
      assert.equal((JSON.parse(answer.body) as { slug: string }).slug, slug);
    }
  });

  it('ignore a tenant that the visitor claims in a header', async () => {
    const spoofed = await visit('demo', '/auth/login', { 'X-Tenant-Slug': OTHER });
    assert.match(spoofed.body, /Loja Demo/);
    assert.doesNotMatch(spoofed.body, /Loja vizinha/);
    const nobody = await visit('ninguem', '/auth/login', { 'X-Tenant-Slug': 'demo' });
    assert.equal(nobody.status, 404);
  });

  it('refuse each other’s tokens and cookies', async () => {
    const token = await signInByApi(world.platform, demoOf(world.platform));
    const own = await visit('demo', '/api/v1/dashboard', { Authorization: `Bearer ${token}` });
    assert.equal(own.status, 200);
    const byToken = await visit(OTHER, '/api/v1/dashboard', { Authorization: `Bearer ${token}` });
    assert.equal(byToken.status, 401);
    const byCookie = await visit(OTHER, '/web/dashboard', { Cookie: `bc_session=${token}`, Accept: 'text/html' });
    assert.equal(byCookie.status, 401);
    assert.match(String(byCookie.headers['set-cookie']), /bc_session=;/);
  });

  it('tell a person with a session of another store so, and let them sign in here', async () => {
    const { page, context } = await world.visitor({ locale: 'pt-BR' });
    const token = await signInByApi(world.platform, demoOf(world.platform));
    await context.addCookies([{ name: 'bc_session', value: token, url: world.platform.storeUrl(OTHER) }]);
    await page.goto(`${world.platform.storeUrl(OTHER)}/web/dashboard`);
    await page.getByRole('heading', { name: 'Esta sessão é de outra loja' }).waitFor();
    await page.getByRole('link', { name: 'Entrar em Loja vizinha' }).click();
    await page.getByRole('heading', { name: 'Entrar' }).waitFor();
    await signInToStore(page, { email: 'admin@demo.localhost', password: world.platform.demoPassword });
    await page.getByText('E-mail ou senha não conferem').waitFor();
  });

  it('let nothing of the inside out through the edge', async () => {
    for (const path of [
      '/internal/auth/login',
      '/metrics',
      '/ready',
      '/web/../internal/auth/login',
      '/web/%2e%2e/metrics',
    ])
      assert.match(String((await visit('demo', path)).status), /^40[04]$/, path);
  });
});
