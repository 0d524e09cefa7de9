import assert from 'node:assert/strict';
import { convertQuote } from '#domain/construction/orders/index.ts';
import { sendQuote } from '#domain/construction/quotes/index.ts';
import type { StoreContext } from '#domain/construction/store/index.ts';
import { openBrowser, type TestBrowser, type Visitor } from '#tests/support/browser.ts';
import { aCustomer, aDraft, anApprovedQuote, aProduct } from '#tests/support/sales.ts';
import { openStoreFront, type StoreFront } from '#tests/support/store-front.ts';
import { PASSWORD, startStoreSite, type StoreSite } from '#tests/support/store-site.ts';

describe('the counter in a browser', function () {
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
    await site.publish('casa-forte');
    await site.givePassword(ana);
    for (const name of ['Cimento', 'Areia média', 'Areia fina', 'Brita', 'Cal', 'Vergalhão'])
      await aProduct(ana, { name, unit: 'M3', basePrice: '10.00' });
    await aCustomer(ana, { name: 'João da Silva', street: 'Rua A', city: 'Campinas' });
    visitor = await chromium.visitor();
    const { page } = visitor;
    await page.goto(`${front.url('casa-forte')}/auth/login`);
    await page.fill('input[name=email]', ana.user.email);
    await page.fill('input[name=password]', PASSWORD);
    await page.keyboard.press('Enter');
    await page.waitForURL('**/web/dashboard');
  });
  after(async () => {
    await chromium?.close();
    await front?.stop();
    await site?.close();
  });
  afterEach(() => assert.deepEqual(visitor.mishaps(), []));

  const open = (path: string) => visitor.page.goto(front.url('casa-forte') + path);
  const total = () => visitor.page.locator('.counter-total');
  const focused = () => visitor.page.evaluate(() => document.activeElement?.getAttribute('name'));

  it('takes a customer and five items with the keyboard alone, in at most 25 key strokes and words', async () => {
    const { page } = visitor;
    let interactions = 0;
    const press = async (key: string) => {
      interactions += 1;
      await page.keyboard.press(key);
    };
    const type = async (text: string) => {
      interactions += 1;
      await page.keyboard.type(text);
    };
    await open('/web/quotes');

    await press('Alt+n');
    await page.locator('#customer-q:focus').waitFor();
    await type('joao');
    await page.getByRole('button', { name: 'João da Silva' }).waitFor();
    await press('Enter');
    for (const [index, words] of ['cimento', 'areia m', 'brita', 'cal', 'verg'].entries()) {
      await page.locator(`#quantity-${index}:focus`).waitFor();
      await type('2');
      await press('Tab');
      await type(words);
      await page.locator('#product-results button').first().waitFor();
      await press('Enter');
    }
    await page.locator('.counter-lines > li').nth(4).waitFor();

    assert.equal(await total().textContent(), 'R$\u00A0100,00');
    assert.ok(interactions <= 25, String(interactions));
    await page.keyboard.press('Control+Enter');
    await page.getByRole('button', { name: 'Cliente aceitou' }).waitFor();
  });

  it('reckons a line while the hand is already in the next field, and takes nothing from it', async () => {
    const { page } = visitor;
    const draft = await aDraft(ana, [{ price: '32.00', quantity: '10' }]);
    await open(`/web/quotes/${draft.id}`);

    await page.getByLabel('Qtd.').fill('20');
    await page.keyboard.press('Tab');
    await page.keyboard.type('30,50');
    await page.locator('.counter-total', { hasText: '640,00' }).waitFor();
    assert.equal(await focused(), 'unit_price');
    await page.keyboard.press('Tab');

    await page.locator('.counter-total', { hasText: '610,00' }).waitFor();
    assert.equal(await page.getByLabel('Preço unitário').inputValue(), '30,50');
  });

  it('picks another of the results with the arrow keys', async () => {
    const { page } = visitor;
    const draft = await aDraft(ana);
    await open(`/web/quotes/${draft.id}`);
    await page.locator('#quantity-1:focus').waitFor();

    await page.keyboard.press('Tab');
    await page.keyboard.type('areia');
    await page.locator('#product-results button').nth(1).waitFor();
    for (const key of ['ArrowDown', 'ArrowDown', 'Enter']) await page.keyboard.press(key);

    await page.locator('.counter-lines').getByText('Areia média').waitFor();
  });

  it('shows a second tab what the first one changed, instead of undoing it', async () => {
    const { page } = visitor;
    const draft = await aDraft(ana, [{ price: '32.00', quantity: '10' }]);
    const other = await visitor.context.newPage();
    await open(`/web/quotes/${draft.id}`);
    await other.goto(page.url());
    await page.getByLabel('Qtd.').fill('20');
    await page.keyboard.press('Tab');
    await page.locator('.counter-total', { hasText: '640,00' }).waitFor();

    await other.getByLabel('Qtd.').fill('5');
    await other.keyboard.press('Tab');

    await other.getByText('Outra pessoa mudou isto').waitFor();
    assert.equal(await other.getByLabel('Qtd.').inputValue(), '20');
    await other.close();
  });

  it('fits a telephone: no page of a sale scrolls sideways', async () => {
    const { page } = visitor;
    const draft = await aDraft(ana, [{ price: '1234567.89', quantity: '999' }]);
    const sent = await aDraft(ana);
    await sendQuote(ana, sent.id);
    const order = await convertQuote(ana, (await anApprovedQuote(ana)).id, {});
    const details = [`/web/quotes/${draft.id}`, `/web/quotes/${sent.id}`, `/web/orders/${order.id}`];
    const lists = ['/web/quotes', '/web/orders', '/web/customers', '/web/products', '/web/customers/new'];

    await page.setViewportSize({ width: 360, height: 740 });
    for (const path of [...details, ...lists]) {
      await open(path);
      const sideways = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      assert.ok(sideways <= 0, `${path} is ${sideways} px too wide`);
    }
    await page.setViewportSize({ width: 1280, height: 800 });
  });

  it('shows the whole of a wide price on a telephone', async () => {
    const { page } = visitor;
    const draft = await aDraft(ana, [{ price: '1234567.89', quantity: '999.5', discountPct: '12.34' }]);
    await page.setViewportSize({ width: 360, height: 740 });
    await open(`/web/quotes/${draft.id}`);

    const hidden = await page
      .locator('.counter-cell input:not([type=hidden])')
      .evaluateAll((cells) => cells.map((cell) => cell.scrollWidth - cell.clientWidth));

    assert.deepEqual(hidden, [0, 0, 0]);
    const total = await page.locator('.counter-line-total').evaluate((cell) => {
      const text = document.createRange();
      text.selectNodeContents(cell);
      return { lines: text.getClientRects().length, beyond: text.getBoundingClientRect().right - innerWidth };
    });
    assert.equal(total.lines, 1, 'the total of the line is not broken in two');
    assert.ok(total.beyond < 0);
    await page.getByLabel('Qtd.').fill('abc');
    await page.keyboard.press('Tab');
    const refused = page.locator('.counter-cell input.is-invalid');
    await refused.waitFor();
    assert.equal(await refused.evaluate((cell) => cell.scrollWidth - cell.clientWidth), 0);
    await page.setViewportSize({ width: 1280, height: 800 });
  });

  it('finds in a list as one types, and joins the next page to the one above', async () => {
    const { page } = visitor;
    for (let i = 0; i < 31; i += 1) await aCustomer(ana, { name: `Obra ${String(i).padStart(2, '0')}` });
    await open('/web/customers');

    await page.locator('[data-search]:focus').waitFor();
    await page.keyboard.type('obra');
    await page.getByText('Obra 29').waitFor();
    await page.getByRole('link', { name: 'Carregar mais' }).click();
    await page.getByText('Obra 30').waitFor();

    assert.equal(await page.locator('.sales-row-customer').count(), 31);
    assert.match(page.url(), /q=obra/);
  });
});
