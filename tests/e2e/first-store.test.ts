import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import type { Page } from 'playwright-core';
import type { Visitor } from '#tests/support/browser.ts';
import { ask, type EdgeAnswer } from '#tests/support/edge-requests.ts';
import { eventually } from '#tests/support/eventually.ts';
import { createStore } from './console-steps.ts';
import { addCustomer, addProduct, chooseOwnPassword, signInToStore, typeLine } from './store-steps.ts';
import { useWorld } from './world.ts';

const STORE = {
  name: 'Depósito São Jorge',
  slug: 'sao-jorge',
  adminName: 'Jorge Amado',
  adminEmail: 'jorge@sao-jorge.example',
  color: '#7a1f5c',
};

describe('A store from onboarding to its first processed event', function () {
  this.timeout(30_000);
  const world = useWorld();
  let operator: Visitor;
  let seller: Visitor;
  let oneTimePassword = '';

  before(async () => {
    operator = await world.operator();
    seller = await world.visitor({ locale: 'pt-BR' });
  });

  describe('the operator', () => {
    it('meets an overview that judges in one sentence and says how old its figures are', async () => {
      const { page } = operator;
      await page.getByRole('heading', { name: 'Overview', level: 1 }).waitFor();
      await page.getByText('All is well').waitFor();
      for (const tile of ['Stores', 'Edge', 'Droplets', 'Events', 'Workers', 'Jobs'])
        await page.getByRole('heading', { name: tile, exact: true }).waitFor();
      assert.equal(await page.locator('#tiles .tile').count(), await page.locator('#tiles time').count());
    });

    it('sees the address proposed from the name, and refused while it is typed', async () => {
      const { page } = operator;
      await page.getByRole('navigation').getByRole('link', { name: 'Stores' }).click();
      await page.getByRole('link', { name: 'New store' }).click();
      await page.getByLabel('Name of the store').pressSequentially(STORE.name);
      await eventually(async () => (await page.getByLabel('Address').inputValue()) === 'deposito-sao-jorge');
      const refusals = {
        www: 'kept for the platform',
        'Sao-Jorge': 'lower-case letters',
        demo: 'belongs to another store',
      };
      for (const [slug, words] of Object.entries(refusals)) {
        await page.getByLabel('Address').fill(slug);
        await page.locator('#slug-verdict', { hasText: words }).waitFor();
      }
      await page.getByLabel('Address').fill(STORE.slug);
      await page.locator('#slug-verdict', { hasText: 'is free' }).waitFor();
    });

    it('watches the steps of the onboarding job arrive without touching the page', async () => {
      const { page } = operator;
      const ops = await world.platform.pidOf('ops');
      const stream = page.waitForResponse((response) => response.url().endsWith('/live'));
      process.kill(ops, 'SIGSTOP');
      try {
        await createStore(page, STORE);
        await page.getByText('0 of 6 steps').waitFor();
        assert.equal(await page.locator('#branding-preview').count(), 0, 'no colours that nobody chose');
      } finally {
        process.kill(ops, 'SIGCONT');
      }
      await page.getByText('6 of 6 steps').waitFor();
      assert.match((await stream).headers()['content-type']!, /^text\/event-stream/);
      await page.getByText('Live', { exact: true }).waitFor();
      await page.getByText(/edge answered revision \d+/).waitFor();
    });

    it('is shown the first admin’s one-time password once', async () => {
      const { page } = operator;
      await page.getByText(`One-time password of ${STORE.adminEmail}`).waitFor();
      oneTimePassword = await page.locator('#one-time-password').innerText();
      await page.reload();
      await page.getByText(/edge answered revision \d+/).waitFor();
      assert.equal(await page.locator('#one-time-password').count(), 0);
    });

    it('cannot give the address away twice, and loses nothing of what was typed', async () => {
      const { page } = operator;
      await page.goto(`${world.platform.consoleUrl}/tenants/new`);
      await createStore(page, { ...STORE, name: 'Outra São Jorge', adminEmail: 'outro@sao-jorge.example' });
      await page.locator('#slug-verdict', { hasText: 'belongs to another store' }).waitFor();
      assert.equal(await page.getByLabel('Name of the store').inputValue(), 'Outra São Jorge');
      assert.equal(await page.getByLabel('E-mail').inputValue(), 'outro@sao-jorge.example');
    });
  });

  describe('the first admin of the store', () => {
    it('finds the login in the colours of the store', async () => {
      const { page } = seller;
      await page.goto(world.platform.storeUrl(STORE.slug));
      await page.getByRole('heading', { name: 'Entrar' }).waitFor();
      await page.getByText(STORE.name).first().waitFor();
      assert.match(await page.title(), new RegExp(STORE.name));
      const button = page.getByRole('button', { name: 'Entrar' });
      assert.equal(await button.evaluate((node) => getComputedStyle(node).backgroundColor), 'rgb(122, 31, 92)');
    });

    it('signs in, chooses a password and lands on a dashboard that says how to begin', async () => {
      const { page } = seller;
      await signInToStore(page, { email: STORE.adminEmail, password: oneTimePassword });
      await page.waitForURL('**/web/settings/password');
      await chooseOwnPassword(page, oneTimePassword, 'tijolo e cimento a vista');
      await page.waitForURL('**/web/dashboard');
      await page.getByText('Três passos até a primeira venda').waitFor();
    });
  });

  describe('a sale', () => {
    it('needs a customer and products, as they are on the shelf', async () => {
      const { page } = seller;
      await addCustomer(page, { name: 'João Batista', document: '529.982.247-25' });
      await addProduct(page, { name: 'Cimento CP II 50 kg', unit: 'SC', price: '32,00' });
      await addProduct(page, { name: 'Areia média lavada', unit: 'M3', price: '85,00' });
    });

    it('is quoted at the counter without a mouse, the total reckoned while typing', async () => {
      const { page } = seller;
      await page.getByRole('link', { name: 'Orçamentos' }).click();
      await page.getByRole('button', { name: 'Novo orçamento' }).click();
      await page.locator('#customer-q:focus').waitFor();
      await page.keyboard.type('joao');
      await page.getByRole('button', { name: 'João Batista' }).waitFor();
      await page.keyboard.press('Enter');
      await page.getByRole('link', { name: 'João Batista' }).waitFor();
      await typeLine(page, { quantity: '10', search: 'cim' });
      await total(page, 'R$ 320,00');
      await typeLine(page, { quantity: '2', search: 'areia' });
      await page.locator('.counter-line').first().getByLabel('Desc. %').fill('5');
      await page.keyboard.press('Tab');
      await total(page, 'R$ 474,00');
      await page.locator('.counter-terms').getByLabel('Desconto %').fill('5');
      await page.keyboard.press('Tab');
      await total(page, 'R$ 450,30');
      assert.match(await words(page, '.counter-line:first-of-type'), /R\$ 304,00/);
      assert.match(await words(page, '.sales-totals'), /Subtotal R\$ 474,00 Desconto −R\$ 23,70/);
    });

    it('goes from the quote to the delivered order', async () => {
      const { page } = seller;
      await page.keyboard.press('Control+Enter');
      await page.getByText('Enviado', { exact: true }).waitFor();
      await page.getByRole('button', { name: 'Cliente aceitou' }).click();
      await page.getByText('Aprovado', { exact: true }).waitFor();
      await page.getByRole('button', { name: 'Virar pedido' }).click();
      await page.getByRole('heading', { name: /^PED-000001/ }).waitFor();
      assert.match(await words(page, 'main'), /R\$ 450,30/);
      for (const step of ['Começar a separar', 'Está tudo separado', 'Entregue ao cliente'])
        await page.getByRole('button', { name: step }).click();
      await page.getByRole('heading', { name: 'Entregue' }).waitFor();
    });

    it('is seen by the sales engine, whose figure the dashboard shows', async () => {
      const { page } = seller;
      await page.getByRole('link', { name: 'Painel' }).click();
      await eventually(async () => {
        await page.reload();
        return page.getByText('1 venda · motor de vendas').isVisible();
      });
      assert.match(await words(page, 'section:has-text("motor de vendas")'), /Vendido hoje R\$ 450,30/i);
    });

    it('has left no event behind, as the console shows', async () => {
      const { page } = operator;
      await page.getByRole('link', { name: 'Streams' }).click();
      await page.locator('#engines-backlog', { hasText: /\b0\b/ }).waitFor();
      const published = await page.locator('#engines-published .figures').innerText();
      assert.ok(Number(published) > 0);
      assert.equal(await page.locator('#engines-processed .figures').innerText(), published);
      const judged = await page.locator('td[data-label="Status"]').all();
      assert.ok(judged.length >= 4, 'the relay, the engines, Redis and each shard');
      for (const status of judged) assert.match(await status.innerText(), /OK/);
    });
  });

  describe('a suspension', () => {
    it('waits for the typed name, then closes the store within 3 s and without a reload of nginx', async () => {
      const { page } = operator;
      const workers = await nginxWorkers();
      await page.goto(`${world.platform.consoleUrl}/tenants/${STORE.slug}`);
      await page.getByRole('link', { name: 'Suspend…' }).click();
      await page.getByLabel('Reason').fill('Não pagou a mensalidade');
      const button = page.getByRole('button', { name: 'Suspend store' });
      assert.ok(await button.isDisabled());
      await page.getByLabel(/Type .*sao-jorge/).fill(STORE.slug);
      await button.click();
      const pressedAt = performance.now();
      const closed = await eventually(() => answersAll(503));
      assert.ok(performance.now() - pressedAt < 3000);
      assert.ok(Number(closed.headers['retry-after']) > 0);
      assert.match(closed.body, /<h1>/);
      assert.deepEqual(await nginxWorkers(), workers);
      await page.getByText('Suspended', { exact: true }).waitFor();
    });

    it('is over when the operator resumes the store, and the session of its admin still holds', async () => {
      await operator.page.getByRole('button', { name: 'Resume' }).click();
      await eventually(() => answersAll(302));
      await operator.page.getByText('Live', { exact: true }).waitFor();
      await seller.page.goto(`${world.platform.storeUrl(STORE.slug)}/web/dashboard`);
      await seller.page.getByRole('heading', { name: 'Painel' }).waitFor();
    });
  });

  /** Each worker of nginx looks at its disk in its own time, and each new connection may meet another worker. */
  async function answersAll(status: number): Promise<EdgeAnswer> {
    const visits = Array.from({ length: 8 }, () => ask(world.platform.edgeUrl, `${STORE.slug}.localhost`, '/'));
    const answers = await Promise.all(visits);
    for (const answer of answers) assert.equal(answer.status, status);
    return answers[0]!;
  }

  async function nginxWorkers(): Promise<string> {
    const master = await world.platform.pidOf('edge');
    return readFile(`/proc/${master}/task/${master}/children`, 'utf8');
  }
});

/** Money is written with a no-break space, so plain words are compared. */
async function words(page: Page, selector: string): Promise<string> {
  return (await page.locator(selector).first().innerText()).replaceAll(/\s+/g, ' ');
}

async function total(page: Page, expected: string): Promise<void> {
  await eventually(async () => (await words(page, '.counter-total')) === expected);
}
