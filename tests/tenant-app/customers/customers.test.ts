import assert from 'node:assert/strict';
import type { StoreContext } from '#domain/construction/store/index.ts';
import { aCustomer } from '#tests/support/sales.ts';
import { startStoreSite, type Browser, type StoreSite } from '#tests/support/store-site.ts';

describe('the pages of customers', () => {
  let site: StoreSite;
  let ana: StoreContext;
  let browser: Browser;

  before(async () => {
    site = await startStoreSite();
    ana = await site.world.openStore('casa-forte');
    browser = await site.signedIn(ana);
  });
  after(() => site.close());

  it('invites to add the first one', async () => {
    const page = await browser.ask('/web/customers');

    assert.match(page.text, /Nenhum cliente ainda/);
    assert.match(page.text, /href="\/web\/customers\/new/);
  });

  it('register a customer as typed, masks and all', async () => {
    await browser.ask('/web/customers/new');

    const answer = await browser.submit('/web/customers', {
      kind: 'PJ',
      name: ' Construtora Horizonte ',
      document: '12.abc.345/01de-35',
      phone: '(19) 98765-4321',
      cep: '13010-000',
      state: 'sp',
      email: 'OBRAS@horizonte.example',
    });
    const page = await browser.ask(answer.headers.get('location')!);

    assert.equal(answer.status, 303);
    assert.match(page.text, /value="12.ABC.345\/01DE-35"/);
    assert.match(page.text, /value="\(19\) 98765-4321"/);
    assert.match(page.text, /value="13010-000"/);
    assert.match(page.text, /value="obras@horizonte.example"/);
  });

  it('lead nobody to another site after saving', async () => {
    const customer = await aCustomer(ana);
    const page = await browser.ask(`/web/customers/${customer.id}?next=//evil.example/web/quotes`);

    const saved = await browser.submit(`/web/customers/${customer.id}`, {
      city: 'X',
      next: 'https://evil.example/web/',
    });

    assert.doesNotMatch(page.text, /name="next"/);
    assert.equal(saved.headers.get('location'), `/web/customers/${customer.id}?saved`);
  });

  it('draw the form again with every wrong field named and nothing typed lost', async () => {
    await browser.ask('/web/customers/new');

    const answer = await browser.submit('/web/customers', { kind: 'PF', name: '', document: '123', city: 'Campinas' });

    assert.equal(answer.status, 422);
    assert.match(answer.text, /id="name-error">Preencha este campo/);
    assert.match(answer.text, /id="document-error">CPF inválido/);
    assert.match(answer.text, /value="Campinas"/);
  });

  it('judge a document by the kind that was chosen', async () => {
    await browser.ask('/web/customers/new');
    const answers = { PF: [], PJ: [] } as Record<string, string[]>;
    for (const kind of ['PF', 'PJ'])
      for (const document of ['123', '529.982.247-25', '11.222.333/0001-81']) {
        const answer = await browser.submit('/web/customers', { kind, name: '', document });
        answers[kind]!.push(/id="document-error">([^:<]+)/.exec(answer.text)?.[1] ?? '');
      }

    assert.deepEqual(answers.PF, ['CPF inválido', '', 'Isto é um CNPJ']);
    assert.deepEqual(answers.PJ, ['CNPJ inválido', 'Isto é um CPF', '']);
  });

  it('put the cursor into the first bad field as the form stands', async () => {
    await browser.ask('/web/customers/new');

    const answer = await browser.submit('/web/customers', {
      kind: 'PF',
      name: 'Eva',
      document: '1',
      cep: '1',
      email: '@',
    });

    assert.match(answer.text, /<input [^>]*id="document"[^>]* autofocus/);
    assert.equal(answer.text.match(/ autofocus/g)!.length, 1);
  });

  it('lead from a duplicate document to the customer who has it', async () => {
    const first = await aCustomer(ana, { document: '52998224725' });
    await browser.ask('/web/customers/new');

    const answer = await browser.submit('/web/customers', { kind: 'PF', name: 'Outra', document: '529.982.247-25' });

    assert.equal(answer.status, 409);
    assert.match(answer.text, new RegExp(`href="/web/customers/${first.id}"`));
    assert.match(answer.text, /value="Outra"/);
  });

  it('warn who saves over another’s change, and let them save again knowingly', async () => {
    const customer = await aCustomer(ana, { name: 'Antes' });
    const path = `/web/customers/${customer.id}`;
    await browser.ask(path);
    await browser.submit(path, { version: '1', kind: 'PF', name: 'Primeira' });

    const late = await browser.submit(path, { version: '1', kind: 'PF', name: 'Segunda' });
    const version = /name="version" value="(\d+)"/.exec(late.text)![1]!;
    const again = await browser.submit(path, { version, kind: 'PF', name: 'Segunda' });

    assert.equal(late.status, 409);
    assert.match(late.text, /value="Segunda"/);
    assert.equal(again.status, 303);
  });

  it('are read only for who may not change them', async () => {
    const customer = await aCustomer(ana);
    const finance = await site.signedIn(await site.world.hire(ana, 'finance'));

    const page = await finance.ask(`/web/customers/${customer.id}`);
    const saved = await finance.submit(`/web/customers/${customer.id}`, { kind: 'PF', name: 'X' });

    assert.match(page.text, /<fieldset class="card-body" disabled>/);
    assert.equal(saved.status, 403);
  });

  it('show thirty at a time and the rest on demand', async () => {
    const globex = await site.world.openStore('globex');
    for (let i = 0; i < 31; i += 1) await aCustomer(globex, { name: `Cliente ${String(i).padStart(2, '0')}` });
    const visitor = await site.signedIn(globex);

    const first = (await visitor.ask('/web/customers?q=cliente')).text;
    const next = /href="([^"]+)" rel="next"/.exec(first)![1]!.replaceAll('&amp;', '&');
    const second = (await visitor.ask(next)).text;

    assert.equal(first.match(/sales-row-customer/g)!.length, 30);
    assert.equal(second.match(/sales-row-customer/g)!.length, 1);
    assert.match(second, /Cliente 30/);
    assert.doesNotMatch(second, /rel="next"/);
  });
});
