import assert from 'node:assert/strict';
import { startHttpServer, type HttpServer } from '#platform/http/server.ts';
import { fixedClock } from '#platform/clock.ts';
import { openBrowser, type TestBrowser, type Visitor } from '#tests/support/browser.ts';
import { openTestConsole, type TestConsole } from '#tests/support/console.ts';
import { inviteOperator } from '#domain/operators/index.ts';

const PASSWORD = 'correct horse battery staple';

describe('the console in a browser', function () {
  this.timeout(90_000);
  let console: TestConsole;
  let server: HttpServer;
  let chromium: TestBrowser;
  let visitor: Visitor;
  const clock = fixedClock(new Date());

  before(async () => {
    console = await openTestConsole({ clock });
    server = await startHttpServer(console.app, '127.0.0.1', 0);
    chromium = await openBrowser();
    visitor = await chromium.visitor({ viewport: { width: 360, height: 740 }, colorScheme: 'dark' });
    const { password } = await inviteOperator(console.ctx, {
      email: 'olivia@example.com',
      name: 'Olivia',
      role: 'admin',
    });
    const { page } = visitor;
    await signIn(page, password);
    await page.getByLabel('One-time password').fill(password);
    await page.getByLabel('New password', { exact: true }).fill(PASSWORD);
    await page.getByLabel('New password again').fill(PASSWORD);
    await page.getByRole('button', { name: 'Save password' }).click();
    await page.waitForURL(`${server.url}/`);
  });
  after(async () => {
    await chromium?.close();
    await server?.stop();
    await console.stop();
  });
  afterEach(() => assert.deepEqual(visitor.mishaps(), []));

  async function signIn(page: Visitor['page'], password = PASSWORD): Promise<void> {
    await page.goto(`${server.url}/login`);
    await page.getByLabel('E-mail').fill('olivia@example.com');
    await page.getByLabel('Password').fill(password);
    await page.getByRole('button', { name: 'Sign in' }).click();
  }

  it('is dark from the first byte when the system is, and keeps the choice that was made', async () => {
    const { page } = visitor;
    const theme = () => page.locator('html').getAttribute('data-bs-theme');
    await page.goto(`${server.url}/`);
    assert.equal(await theme(), 'dark');

    await page.getByRole('button', { name: 'Switch to light' }).click();
    await page.getByRole('button', { name: 'Switch to dark' }).waitFor();
    await page.goto(`${server.url}/audit`);

    assert.equal(await theme(), 'light');
  });

  it('is dark on the very first page too, whose request could not tell what the system prefers', async () => {
    const { page } = await chromium.visitor({ colorScheme: 'dark' });
    await page.goto(`${server.url}/login`);
    assert.equal(await page.locator('html').getAttribute('data-bs-theme'), 'dark');
  });

  it('folds its sidebar at 360 px, opens it by keyboard and scrolls no page sideways', async () => {
    const { page } = visitor;
    for (const path of [
      '/',
      '/tenants',
      '/streams',
      '/jobs',
      '/droplets',
      '/audit',
      '/operators',
      '/operators/new',
      '/profile',
    ]) {
      await page.goto(server.url + path);
      const sideways = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      assert.ok(sideways <= 0, `${path} is ${sideways} px too wide`);
    }

    const link = page.getByRole('link', { name: 'Audit' });
    assert.equal(await link.isVisible(), false);
    await page.getByRole('button', { name: 'Menu' }).focus();
    await page.keyboard.press('Enter');
    await link.waitFor();
  });

  it('leads the first Tab past the sidebar', async () => {
    const { page } = visitor;
    await page.goto(`${server.url}/audit`);

    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');

    assert.equal(await page.evaluate(() => document.activeElement?.id), 'content');
  });

  it('puts the cursor into the search box on /, and leaves a slash that is typed alone', async () => {
    const { page } = visitor;
    await page.goto(`${server.url}/audit`);

    await page.keyboard.press('/');
    await page.keyboard.type('a/b');

    assert.equal(await page.getByLabel('Who').inputValue(), 'a/b');
  });

  it('wakes the button of a dangerous action when the name was typed', async () => {
    const { page } = visitor;
    const { operator } = await inviteOperator(console.ctx, { email: 'gil@example.com', name: 'Gil', role: 'viewer' });
    await page.goto(`${server.url}/operators/${operator.id}/deactivation`);
    const button = page.getByRole('button', { name: 'Deactivate' });
    assert.equal(await button.isDisabled(), true);

    await page.getByLabel('Type gil@example.com to confirm').fill('gil@example.com');
    await button.click();

    await page.getByText('Gil was deactivated and signed out everywhere.').waitFor();
  });

  it('shows a bar while the event stream is down, and takes it away when it is back', async () => {
    const { page } = visitor;
    const bar = page.locator('#reconnect');
    await page.goto(`${server.url}/streams`);
    await page.getByRole('heading', { name: 'Streams' }).waitFor();
    assert.equal(await bar.isVisible(), false);

    await visitor.expectingTrouble(async () => {
      const { port } = server;
      await server.stop();
      await bar.waitFor({ state: 'visible' });
      server = await startHttpServer(console.app, '127.0.0.1', port);
      await bar.waitFor({ state: 'hidden' });
    });
  });

  it('takes the time that a page needs to load for no error of the clock', async () => {
    const { page } = await chromium.visitor();
    // As if the scripts came nine seconds after the page itself.
    await page.addInitScript(() => {
      const now = Date.now;
      Date.now = () => now() + 9000;
    });
    await signIn(page);

    const asOf = page.locator('.page-head .as-of');
    await asOf.filter({ hasText: /as of\s+(9|[1-5][0-9]) sec\. ago/ }).waitFor();
  });

  it('calls a figure of a server whose clock is ahead one of now', async () => {
    const { page } = visitor;
    await page.goto(`${server.url}/`);
    const asOf = page.locator('.page-head .as-of');

    await asOf.locator('time').evaluate((time: HTMLTimeElement) => {
      time.dateTime = new Date(Date.parse(time.dateTime) + 50_000).toISOString();
      document.dispatchEvent(new Event('visibilitychange'));
    });

    assert.match((await asOf.textContent())!, /as of\s+now/);
  });

  it('keeps relative times true and marks figures stale when no news comes', async () => {
    const { page } = visitor;
    await page.clock.install({ time: clock.now() });
    await page.goto(`${server.url}/`);
    const asOf = page.locator('.page-head .as-of');
    // Never answered: a refusal would be reported at some moment after the test.
    await page.route(`${server.url}/`, () => undefined);

    await page.clock.runFor(25_000);
    assert.match((await asOf.textContent())!, /as of\s+(2[0-9]) sec\. ago/);
    await page.clock.runFor(10_000);
    assert.match((await asOf.textContent())!, /^stale since \d/);
  });
});
