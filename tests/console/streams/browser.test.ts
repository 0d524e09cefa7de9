import assert from 'node:assert/strict';
import { inviteOperator } from '#domain/operators/index.ts';
import { startHttpServer, type HttpServer } from '#platform/http/server.ts';
import { openBrowser, type TestBrowser, type Visitor } from '#tests/support/browser.ts';
import { openTestConsole, type TestConsole } from '#tests/support/console.ts';
import { fillHistory } from './history-rows.ts';

const PASSWORD = 'correct horse battery staple';
/** How soon the page must be right again. */
const WITHIN_MS = 5000;

describe('the streams page in a browser', function () {
  this.timeout(90_000);
  let panel: TestConsole;
  let server: HttpServer;
  let chromium: TestBrowser;
  let visitor: Visitor;

  before(async () => {
    panel = await openTestConsole();
    server = await startHttpServer(panel.app, '127.0.0.1', 0);
    chromium = await openBrowser();
    visitor = await chromium.visitor({ viewport: { width: 360, height: 740 } });
    const { password } = await inviteOperator(panel.ctx, { email: 'olga@example.com', name: 'Olga', role: 'admin' });
    const { page } = visitor;
    await page.goto(`${server.url}/login`);
    await page.getByLabel('E-mail').fill('olga@example.com');
    await page.getByLabel('Password').fill(password);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByLabel('One-time password').fill(password);
    await page.getByLabel('New password', { exact: true }).fill(PASSWORD);
    await page.getByLabel('New password again').fill(PASSWORD);
    await page.getByRole('button', { name: 'Save password' }).click();
    await page.waitForURL(`${server.url}/`);
    await fillHistory(panel.superuserUrl);
  });
  after(async () => {
    await chromium?.close();
    await server?.stop();
    await panel?.stop();
  });
  afterEach(() => assert.deepEqual(visitor.mishaps(), []));

  /** Makes events wait. */
  const flood = (count: number) =>
    panel.asSuperuser(
      `insert into events.pending (tenant_id, event_id, seq, type, created_at)
       select gen_random_uuid(), gen_random_uuid(), n, 'sale_recorded', now() from generate_series(1, $1::int) n`,
      [count],
    );
  const dry = () => panel.asSuperuser('delete from events.pending');
  const backlog = (text: string) => visitor.page.locator('#engines-backlog').getByText(text, { exact: true });

  it('follows what happens without being loaded again', async () => {
    await visitor.page.goto(`${server.url}/streams`);
    await backlog('0').waitFor();

    await flood(7);

    await backlog('7').waitFor({ timeout: WITHIN_MS });
    await dry();
    await backlog('0').waitFor({ timeout: WITHIN_MS });
  });

  it('asks by itself when nothing comes over its event stream', async () => {
    const { page } = visitor;
    await visitor.expectingTrouble(async () => {
      await page.route('**/streams/live', (route) => route.abort());
      await page.goto(`${server.url}/streams`);
      await backlog('0').waitFor();

      await flood(9);

      await backlog('9').waitFor({ timeout: WITHIN_MS });
      await page.unroute('**/streams/live');
      await dry();
    });
  });

  it('asks at once after it slept', async () => {
    const { page } = await visitor.context.newPage().then((page) => ({ page }));
    await page.clock.install();
    await page.goto(`${server.url}/streams`);
    await page.locator('#engines-backlog').waitFor();

    const asked = page.waitForRequest('**/streams/figures', { timeout: WITHIN_MS });
    await page.clock.fastForward('01:00:00');

    await asked;
    await page.close();
  });

  it('draws three charts, with what happened, and draws them again in the other theme', async () => {
    const { page } = visitor;
    await page.goto(`${server.url}/streams`);
    const charts = page.locator('.stream-charts canvas');
    await charts.nth(2).waitFor();
    const picture = () => charts.first().evaluate((canvas) => (canvas as HTMLCanvasElement).toDataURL());
    const before = await picture();

    await page.getByText('What happened (1)').click();
    await page.getByText(/Relay started · outbox relay · infra:9101/).waitFor();
    await page.getByRole('button', { name: /Switch to/ }).click();

    await page.waitForFunction(
      (old) => document.querySelector<HTMLCanvasElement>('.stream-charts canvas')?.toDataURL() !== old,
      before,
    );
    assert.equal(await charts.count(), 3);
    assert.ok((await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)) <= 0);
  });

  it('shows the same as figures, and another range by a link', async () => {
    const { page } = visitor;
    await page.goto(`${server.url}/streams`);

    await page.getByText('The same as figures').click();
    await page.locator('#history-figures tbody tr').nth(20).waitFor();
    await page.getByRole('link', { name: '30 days' }).click();

    await page.waitForURL('**/streams?range=30d');
    await page.getByText('No history yet').waitFor();
  });
});
