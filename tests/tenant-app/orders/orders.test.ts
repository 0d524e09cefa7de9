import assert from 'node:assert/strict';
import { convertQuote } from '#domain/construction/orders/index.ts';
import type { StoreContext } from '#domain/construction/store/index.ts';
import { anApprovedQuote } from '#tests/support/sales.ts';
import { startStoreSite, type StoreSite } from '#tests/support/store-site.ts';

describe('the pages of orders', () => {
  let site: StoreSite;
  let ana: StoreContext;

  before(async () => {
    site = await startStoreSite();
    ana = await site.world.openStore('casa-forte');
  });
  after(() => site.close());

  const anOrder = async () => convertQuote(ana, (await anApprovedQuote(ana)).id, {});

  it('show each role the one step that is its own', async () => {
    const order = await anOrder();
    const clerk = await site.signedIn(await site.world.hire(ana, 'stock_clerk'));
    const finance = await site.signedIn(await site.world.hire(ana, 'finance'));

    const ofClerk = (await clerk.ask(`/web/orders/${order.id}`)).text;
    const ofFinance = (await finance.ask(`/web/orders/${order.id}`)).text;

    assert.match(ofClerk, /Começar a separar/);
    assert.doesNotMatch(ofClerk, /Cancelar pedido/);
    assert.doesNotMatch(ofFinance, /Começar a separar/);
  });

  it('refuse a step that does not follow, on the same page, with 409', async () => {
    const order = await anOrder();
    const browser = await site.signedIn(ana);
    await browser.ask(`/web/orders/${order.id}`);

    const answer = await browser.submit(`/web/orders/${order.id}/status`, { status: 'delivered' });

    assert.equal(answer.status, 409);
    assert.match(answer.text, /Esse passo não é possível/);
    assert.match(answer.text, new RegExp(order.number));
  });

  it('cancel only with a reason, and show it', async () => {
    const order = await anOrder();
    const browser = await site.signedIn(ana);
    await browser.ask(`/web/orders/${order.id}`);

    const silent = await browser.submit(`/web/orders/${order.id}/status`, { status: 'cancelled', reason: '  ' });
    await browser.submit(`/web/orders/${order.id}/status`, { status: 'cancelled', reason: 'cliente desistiu' });

    assert.equal(silent.status, 422);
    assert.match((await browser.ask(`/web/orders/${order.id}`)).text, /cliente desistiu/);
  });

  it('list orders by state', async () => {
    const order = await anOrder();
    const browser = await site.signedIn(ana);

    assert.match((await browser.ask('/web/orders?status=pending')).text, new RegExp(order.number));
    assert.match((await browser.ask('/web/orders?status=delivered')).text, /Nada encontrado/);
  });
});
