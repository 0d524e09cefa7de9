import assert from 'node:assert/strict';
import { changeCustomer } from '#domain/construction/customers/index.ts';
import { approveQuote, changeDraft, createQuote, sendQuote } from '#domain/construction/quotes/index.ts';
import type { StoreContext } from '#domain/construction/store/index.ts';
import { aDraft, anApprovedQuote } from '#tests/support/sales.ts';
import { startStoreSite, type StoreSite } from '#tests/support/store-site.ts';

describe('a quote after its draft', () => {
  let site: StoreSite;
  let ana: StoreContext;

  before(async () => {
    site = await startStoreSite();
    ana = await site.world.openStore('casa-forte');
  });
  after(() => site.close());

  it('goes by its buttons from the draft to an order that is delivered', async () => {
    const browser = await site.signedIn(ana);
    const draft = await aDraft(ana);
    await browser.ask(`/web/quotes/${draft.id}`);

    await browser.submit(`/web/quotes/${draft.id}/sending`);
    await browser.submit(`/web/quotes/${draft.id}/approval`);
    const order = (await browser.submit(`/web/quotes/${draft.id}/order`, { fulfilment: 'pickup' })).headers.get(
      'location',
    )!;
    for (const status of ['preparing', 'ready', 'delivered'])
      assert.equal((await browser.submit(`${order}/status`, { status })).status, 303);

    assert.match((await browser.ask(order)).text, /Entregue/);
    assert.match((await browser.ask(`/web/quotes/${draft.id}`)).text, /Pedido PED-000001/);
  });

  it('proposes delivery only when the order would have an address to go to', async () => {
    const browser = await site.signedIn(ana);
    const { id, customerId } = await aDraft(ana);
    await changeDraft(ana, id, { changes: { freight: '25' } });
    await sendQuote(ana, id);
    await approveQuote(ana, id);
    const pageWith = async (changes: { street?: string; city?: string }) => {
      await changeCustomer(ana, customerId!, { changes });
      return (await browser.ask(`/web/quotes/${id}`)).text;
    };

    const streetAlone = await pageWith({ street: 'Rua das Obras' });
    const refused = await browser.submit(`/web/quotes/${id}/order`, { fulfilment: 'delivery' });
    const whole = await pageWith({ city: 'Campinas' });

    assert.match(streetAlone, /value="pickup" checked/);
    assert.match(streetAlone, /Cadastrar o endereço do cliente/);
    assert.equal(refused.status, 422);
    assert.match(whole, /value="delivery" checked/);
    assert.doesNotMatch(whole, /Cadastrar o endereço do cliente/);
  });

  it('says beside the greyed button what a draft lacks to be sent', async () => {
    const browser = await site.signedIn(ana);
    const empty = await createQuote(ana, { customerId: null });
    const complete = await aDraft(ana);
    const withoutItems = await createQuote(ana, { customerId: complete.customerId });
    const withoutCustomer = await aDraft(ana);
    await changeDraft(ana, withoutCustomer.id, { changes: { customerId: null } });
    const lackOf = async ({ id }: { id: string }) =>
      /id="lacks">([^<]+)/.exec((await browser.ask(`/web/quotes/${id}`)).text)?.[1];

    assert.deepEqual(await Promise.all([empty, withoutItems, withoutCustomer, complete].map(lackOf)), [
      'Para enviar, escolha o cliente e inclua um item.',
      'Para enviar, inclua um item.',
      'Para enviar, escolha o cliente.',
      undefined,
    ]);
  });

  it('puts a minus before a discount, and none before zero', async () => {
    const browser = await site.signedIn(ana);
    const draft = await aDraft(ana, [{ price: '100.00', quantity: '1' }]);
    const without = (await browser.ask(`/web/quotes/${draft.id}`)).text;
    await changeDraft(ana, draft.id, { changes: { discountPct: '5' } });
    const given = (await browser.ask(`/web/quotes/${draft.id}`)).text;

    assert.match(without, /<dt>Desconto<\/dt><dd>R\$\s0,00/);
    assert.match(given, /<dt>Desconto<\/dt><dd>−R\$\s5,00/);
  });

  it('says on the same screen why a draft cannot be sent', async () => {
    const browser = await site.signedIn(ana);
    const quote = await createQuote(ana, { customerId: null });
    await browser.ask(`/web/quotes/${quote.id}`);

    const answer = await browser.submit(`/web/quotes/${quote.id}/sending`);

    assert.equal(answer.status, 422);
    assert.match(answer.text, /Escolha o cliente primeiro/);
  });

  it('warns a salesperson of a discount above their limit before they send it, and holds to it', async () => {
    const seller = await site.world.hire(ana, 'salesperson');
    const draft = await aDraft(seller);
    await changeDraft(seller, draft.id, { changes: { discountPct: '6' } });
    const browser = await site.signedIn(seller);

    const page = await browser.ask(`/web/quotes/${draft.id}`);
    const sent = await browser.submit(`/web/quotes/${draft.id}/sending`);

    assert.match(page.text, /mais de 5 % abaixo da tabela/);
    assert.equal(sent.status, 422);
    assert.match(sent.text, /O desconto passa do que o seu perfil permite/);
  });

  it('shows each role only the buttons it may press', async () => {
    const seller = await site.world.hire(ana, 'salesperson');
    const finance = await site.world.hire(ana, 'finance');
    const draft = await aDraft(seller);
    await sendQuote(seller, draft.id);

    const ofSeller = (await (await site.signedIn(seller)).ask(`/web/quotes/${draft.id}`)).text;
    const ofFinance = (await (await site.signedIn(finance)).ask(`/web/quotes/${draft.id}`)).text;

    assert.doesNotMatch(ofSeller, /Cliente aceitou/);
    assert.match(ofSeller, /Cancelar orçamento/);
    assert.match(ofFinance, /Cliente aceitou/);
    assert.doesNotMatch(ofFinance, /Cancelar orçamento/);
  });

  it('is where one comes back to from filling in the customer’s address, also after a wrong try', async () => {
    const browser = await site.signedIn(ana);
    const quote = await anApprovedQuote(ana);
    const href = /href="(\/web\/customers\/[^"]+)">Cadastrar o endereço/.exec(
      (await browser.ask(`/web/quotes/${quote.id}`)).text,
    )![1]!;
    const [form] = href.split('?');
    const nextIn = (text: string) => /name="next" value="([^"]+)"/.exec(text)?.[1];
    const address = { street: 'Rua A', street_number: '1', city: 'Campinas', state: 'SP' };

    const detour = await browser.ask(href);
    const refused = await browser.submit(form!, { ...address, cep: '1', next: nextIn(detour.text)! });
    const saved = await browser.submit(form!, { ...address, cep: '13010-000', next: nextIn(refused.text)! });

    assert.equal(refused.status, 422);
    assert.equal(saved.headers.get('location'), `/web/quotes/${quote.id}`);
  });

  it('offers no step for an offer that has expired, and refuses one that is posted all the same', async () => {
    const quote = await anApprovedQuote(ana);
    site.world.clock.advance(8 * 86_400_000);
    const browser = await site.signedIn(ana);

    const page = await browser.ask(`/web/quotes/${quote.id}`);
    const converted = await browser.submit(`/web/quotes/${quote.id}/order`);

    assert.match(page.text, /Vencido/);
    assert.doesNotMatch(page.text, /Virar pedido/);
    assert.equal(converted.status, 409);
  });

  it('is listed by number, customer and state', async () => {
    const browser = await site.signedIn(ana);
    const draft = await aDraft(ana);

    const byNumber = await browser.ask(`/web/quotes?q=${draft.number}`);
    const byState = await browser.ask('/web/quotes?status=rejected');

    assert.match(byNumber.text, new RegExp(draft.number));
    assert.match(byState.text, /Nada encontrado/);
  });
});
