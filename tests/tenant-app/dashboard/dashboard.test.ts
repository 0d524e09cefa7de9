import assert from 'node:assert/strict';
import type { StoreContext } from '#domain/construction/store/index.ts';
import { aCustomer, aDraft, anApprovedQuote } from '#tests/support/sales.ts';
import { startStoreSite, type StoreSite } from '#tests/support/store-site.ts';

describe('the dashboard of a store', () => {
  let site: StoreSite;
  let ana: StoreContext;

  beforeEach(async () => {
    site = await startStoreSite();
    ana = await site.world.openStore('casa-forte');
  });
  afterEach(() => site.close());

  const engineSays = (person: StoreContext, day: string, revenue: string) =>
    site.world.rows(
      `insert into engines.sales_daily (tenant_id, day, sales, revenue, computed_at)
       values ($1, $2, 2, $3, '2026-11-21T14:59:58Z')`,
      [person.tenantId, day, revenue],
    );

  it('leads a new store through its first customer, product and quote', async () => {
    const browser = await site.signedIn(ana);

    const empty = await browser.ask('/web/dashboard');
    await aCustomer(ana);
    const begun = await browser.ask('/web/dashboard');
    await aDraft(ana);
    const filled = await browser.ask('/web/dashboard');

    assert.match(empty.text, /btn-primary" href="\/web\/customers\/new"/);
    assert.match(begun.text, /Feito/);
    assert.match(begun.text, /btn-primary" href="\/web\/products\/new"/);
    assert.doesNotMatch(filled.text, /Três passos/);
  });

  it('sums what was quoted today, counts what is to be done and lists the latest', async () => {
    await aDraft(ana, [{ price: '32.00', quantity: '10' }]);
    await anApprovedQuote(ana, [{ price: '1234.50', quantity: '2' }]);

    const { text } = await (await site.signedIn(ana)).ask('/web/dashboard');

    assert.match(text, /R\$\s2\.789,00/);
    assert.match(text, /2 orçamentos/);
    assert.match(text, /Orçamentos em rascunho<\/span>\s*<span class="fw-bold">1</);
    assert.match(text, /ORC-000002<\/strong> João da Silva/);
  });

  it('leaves out what belongs to yesterday in the zone of the store', async () => {
    await aDraft(ana);
    await site.world.rows(`update construction.quotes set created_at = '2026-11-21T02:59:59Z'`);

    const { text } = await (await site.signedIn(ana)).ask('/web/dashboard');

    assert.match(text, /nenhum orçamento ainda/);
  });

  it('shows the figure of the sales engine with the time it was reckoned', async () => {
    await engineSays(ana, '2026-11-21', '1234.56');
    await engineSays(ana, '2026-11-20', '99999.00');

    const { text } = await (await site.signedIn(ana)).ask('/web/dashboard');

    assert.match(text, /R\$\s1\.234,56/);
    assert.match(text, /2 vendas · motor de vendas, atualizado às 11:59:58/);
  });

  it('shows a salesperson their own documents and no one else’s', async () => {
    const bruno = await site.world.hire(ana, 'salesperson');
    await aDraft(ana, [{ price: '500.00', quantity: '1' }]);
    await aDraft(bruno, [{ price: '70.00', quantity: '1' }]);

    const { text } = await (await site.signedIn(bruno)).ask('/web/dashboard');

    assert.match(text, /R\$\s70,00/);
    assert.doesNotMatch(text, /570,00|500,00/);
  });

  it('shows nothing of another store', async () => {
    const other = await site.world.openStore('tijolao');
    await aDraft(other);
    await engineSays(other, '2026-11-21', '777.00');

    const { text } = await (await site.signedIn(ana)).ask('/web/dashboard');

    assert.doesNotMatch(text, /320,00|777,00|ORC-/);
  });

  it('gives programs the same figures as decimal strings', async () => {
    await aDraft(ana);
    await engineSays(ana, '2026-11-21', '1234.56');

    const answer = await (await site.signedIn(ana)).ask('/api/v1/dashboard');

    assert.deepEqual(answer.json().quotes_today, { count: 1, total: '320.00' });
    assert.deepEqual(answer.json().sales_engine, {
      day: '2026-11-21',
      sales: 2,
      revenue: '1234.56',
      computed_at: '2026-11-21T14:59:58.000Z',
    });
  });

  it('hides from a stock clerk what the role may not see', async () => {
    await aDraft(ana);
    const clerk = await site.world.hire(ana, 'stock_clerk');

    const { text } = await (await site.signedIn(clerk)).ask('/web/dashboard');

    assert.doesNotMatch(text, /ORC-|Orçado hoje|motor de vendas/);
    assert.match(text, /Pedidos a separar/);
  });
});
