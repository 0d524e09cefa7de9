import assert from 'node:assert/strict';
import type { StoreContext } from '#domain/construction/store/index.ts';
import { openBrowser, type TestBrowser, type Visitor } from '#tests/support/browser.ts';
import { openStoreFront, type StoreFront } from '#tests/support/store-front.ts';
import { PASSWORD, startStoreSite, type StoreSite } from '#tests/support/store-site.ts';

describe('a store in a browser', function () {
  this.timeout(90_000);
  let site: StoreSite;
  let front: StoreFront;
  let chromium: TestBrowser;
  let visitor: Visitor;
  let ana: StoreContext;

  before(async () => {
    site = await startStoreSite();
    front = await openStoreFront(site);
    chromium = await openBrowser();
    ana = await site.world.openStore('casa-forte');
    await site.publish('casa-forte', { name: 'Casa Forte' });
    await site.givePassword(ana);
    visitor = await chromium.visitor({ viewport: { width: 360, height: 740 }, colorScheme: 'dark' });
  });
  after(async () => {
    await chromium?.close();
    await front?.stop();
    await site?.close();
  });
  afterEach(() => assert.deepEqual(visitor.mishaps(), []));

  it('is entered with the keyboard alone', async () => {
    const { page } = visitor;
    await page.goto(`${front.url('casa-forte')}/auth/login`);

    // On a busy machine a page is there before its cursor is.
    await page.locator('#email:focus').waitFor();
    await page.keyboard.type(ana.user.email);
    await page.keyboard.press('Tab');
    await page.keyboard.type(PASSWORD);
    await page.keyboard.press('Enter');

    await page.getByRole('heading', { name: 'Painel', level: 1 }).waitFor();
  });

  it('follows the device between light and dark until someone chooses', async () => {
    const { page } = visitor;
    const theme = () => page.locator('html').getAttribute('data-bs-theme');
    await page.goto(`${front.url('casa-forte')}/web/settings/preferences`);
    assert.equal(await theme(), 'dark');

    await page.emulateMedia({ colorScheme: 'light' });
    await page.locator('html[data-bs-theme="light"]').waitFor();
    await page.getByLabel('Escura').check();
    await page.getByRole('button', { name: 'Salvar' }).click();
    await page.getByText('Salvo.').waitFor();

    assert.equal(await theme(), 'dark');
  });

  it('fits a telephone: no page scrolls sideways, and the sections are at the thumb', async () => {
    const { page } = visitor;
    for (const path of ['/web/dashboard', '/web/settings/password', '/web/settings/preferences', '/auth/logout']) {
      await page.goto(front.url('casa-forte') + path);
      const sideways = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      assert.ok(sideways <= 0, `${path} is ${sideways} px too wide`);
    }
    await page.goto(`${front.url('casa-forte')}/web/dashboard`);
    const box = (await page.getByRole('navigation', { name: 'Seções da loja' }).boundingBox())!;

    assert.equal(Math.round(box.y + box.height), 740);
  });

  it('closes the menu of the person with Escape', async () => {
    const { page } = visitor;
    await page.goto(`${front.url('casa-forte')}/web/dashboard`);
    await page.locator('.store-account summary').focus();
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Sair' }).waitFor();

    await page.keyboard.press('Escape');

    await page.getByRole('button', { name: 'Sair' }).waitFor({ state: 'hidden' });
  });

  it('keeps what it shows when the edge answers instead of the app, says so, and takes it back', async () => {
    const { page } = visitor;
    await page.goto(`${front.url('casa-forte')}/web/dashboard`);
    const refresh = () =>
      page.evaluate(() => (globalThis as unknown as Htmx).htmx.ajax('GET', '/web/dashboard', { source: '#dashboard' }));

    await visitor.expectingTrouble(async () => {
      await page.route('**/web/dashboard', (route) => route.fulfill({ status: 502, body: '<h1>Da borda</h1>' }));
      await refresh();
      await page.getByText('A loja não está respondendo').waitFor();
    });
    assert.equal(await page.getByText('Da borda').count(), 0);
    assert.equal(await page.getByRole('heading', { name: 'Painel' }).count(), 1);
    await page.unroute('**/web/dashboard');
    await refresh();

    await page.getByText('A loja não está respondendo').waitFor({ state: 'detached' });
  });

  it('works without scripts: signing in, choosing a language, signing out', async () => {
    const plain = await chromium.visitor({ javaScriptEnabled: false });
    await plain.page.goto(`${front.url('casa-forte')}/web/settings/preferences`);
    await plain.page.getByLabel('E-mail').fill(ana.user.email);
    await plain.page.getByLabel('Senha').fill(PASSWORD);
    await plain.page.getByRole('button', { name: 'Entrar' }).click();
    await plain.page.getByLabel('Idioma').selectOption('en');
    await plain.page.getByRole('button', { name: 'Salvar' }).click();
    await plain.page.getByText('Saved.').waitFor();
    await plain.page.locator('.store-account summary').click();
    await plain.page.getByRole('button', { name: 'Sign out' }).click();

    await plain.page.getByText('You are signed out.').waitFor();
    assert.deepEqual(plain.mishaps(), []);
  });
});

type Htmx = { htmx: { ajax(verb: string, path: string, context: { source: string }): Promise<void> } };
