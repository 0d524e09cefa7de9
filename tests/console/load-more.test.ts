import assert from 'node:assert/strict';
import { recordAudit } from '#domain/audit/index.ts';
import { fixedClock } from '#platform/clock.ts';
import { withTransaction } from '#platform/db/index.ts';
import { startHttpServer, type HttpServer } from '#platform/http/server.ts';
import { openBrowser, type TestBrowser } from '#tests/support/browser.ts';
import { openTestConsole, type TestConsole } from '#tests/support/console.ts';

/** Two full pages and one line more. */
const LINES = 101;

describe('a long list of the console in a browser', function () {
  this.timeout(90_000);
  let console: TestConsole;
  let server: HttpServer;
  let chromium: TestBrowser;

  before(async () => {
    console = await openTestConsole();
    server = await startHttpServer(console.app, '127.0.0.1', 0);
    chromium = await openBrowser();
    const clock = fixedClock(new Date());
    await withTransaction({ ...console.ctx, clock }, async (tx) => {
      for (let i = 0; i < LINES; i++, clock.advance(1000))
        await recordAudit(tx, {
          action: 'thing.changed',
          subject: { type: 'thing', id: `t${i}`, label: `thing ${i}` },
        });
    });
  });
  after(async () => {
    await chromium?.close();
    await server?.stop();
    await console.stop();
  });

  async function openList(options: { javaScriptEnabled: boolean }) {
    const { operator, password } = await console.signIn('viewer');
    const { page, mishaps } = await chromium.visitor(options);
    await page.goto(`${server.url}/login?next=${encodeURIComponent('/audit?action=thing')}`);
    await page.getByLabel('E-mail').fill(operator.email);
    await page.getByLabel('Password').fill(password);
    await page.getByRole('button', { name: 'Sign in' }).click();
    const more = page.getByRole('link', { name: 'Load more' });
    await more.waitFor();
    return { page, mishaps, more, rows: page.locator('tbody tr[id]') };
  }

  it('grows by a page where one asks for more, until there is no more', async () => {
    const { page, mishaps, more, rows } = await openList({ javaScriptEnabled: true });
    assert.equal(await rows.count(), 50);

    await more.click();
    await rows.nth(99).waitFor();
    assert.equal(await rows.count(), 100);
    await more.click();
    await rows.nth(LINES - 1).waitFor();

    assert.equal(await more.count(), 0);
    assert.equal(new Set(await rows.evaluateAll((found) => found.map((row) => row.id))).size, LINES);
    assert.equal(new URL(page.url()).search, '?action=thing');
    assert.deepEqual(mishaps(), []);
  });

  it('leads to a page with the next lines where scripts do not run', async () => {
    const { page, more, rows } = await openList({ javaScriptEnabled: false });

    await more.click();
    await page.waitForURL(/cursor=/);

    assert.equal(await rows.count(), 50);
    assert.equal(await page.getByText('thing 50', { exact: true }).count(), 1);
  });
});
