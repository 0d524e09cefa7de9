import assert from 'node:assert/strict';
import { eventually } from '#tests/support/eventually.ts';
import { createStore } from './console-steps.ts';
import { demoOf } from './api-steps.ts';
import { signInToStore } from './store-steps.ts';
import { useWorld } from './world.ts';

describe('A browser without JavaScript', function () {
  this.timeout(30_000);
  const world = useWorld();

  it('onboards a store in the console, and follows it by reloading', async () => {
    const { page } = await world.operator({ javaScriptEnabled: false });
    await page.getByRole('navigation').getByRole('link', { name: 'Stores' }).click();
    await page.getByRole('link', { name: 'New store' }).click();
    const store = { name: 'Sem Script', slug: 'www', adminName: 'Nilo', adminEmail: 'nilo@sem-script.example' };
    await createStore(page, store);
    await page.getByText('kept for the platform').waitFor();
    assert.equal(await page.getByLabel('Name of the store').inputValue(), 'Sem Script');
    await page.getByLabel('Address').fill('sem-script');
    await page.getByRole('button', { name: 'Create store' }).click();
    await page.getByText('One-time password of nilo@sem-script.example').waitFor();
    await eventually(async () => {
      await page.reload();
      return page.getByText(/edge answered revision \d+/).isVisible();
    });
  });

  it('suspends a store by its typed name', async () => {
    const { page } = await world.operator({ javaScriptEnabled: false });
    await page.goto(`${world.platform.consoleUrl}/tenants/sem-script/suspension`);
    await page.getByLabel('Reason').fill('Teste sem script');
    await page.getByRole('button', { name: 'Suspend store' }).click();
    await page.getByText('Type sem-script to confirm.').waitFor();
    assert.equal(await page.getByLabel('Reason').inputValue(), 'Teste sem script');
    await page.getByLabel(/Type .*sem-script/).fill('sem-script');
    await page.getByRole('button', { name: 'Suspend store' }).click();
    await page.getByText('sem-script is suspended').waitFor();
  });

  it('signs in to a store and adds a customer', async () => {
    const { page } = await world.visitor({ javaScriptEnabled: false, locale: 'pt-BR' });
    await page.goto(world.platform.storeUrl('demo'));
    await signInToStore(page, demoOf(world.platform));
    await page.getByRole('link', { name: 'Clientes' }).click();
    await page.getByRole('link', { name: 'Novo cliente' }).first().click();
    await page.getByLabel('Nome').fill('Construtora Horizonte');
    await page.getByLabel('Empresa (CNPJ)').check();
    await page.getByLabel('CPF ou CNPJ').fill('11.222.333/0001-82');
    await page.getByRole('button', { name: 'Salvar' }).click();
    assert.match(await page.locator('#document-error').innerText(), /./);
    assert.equal(await page.getByLabel('Nome').inputValue(), 'Construtora Horizonte');
    await page.getByLabel('CPF ou CNPJ').fill('11.222.333/0001-81');
    await page.getByRole('button', { name: 'Salvar' }).click();
    await page.getByText('Salvo.').waitFor();
    await page.getByRole('link', { name: 'Clientes' }).click();
    await page.getByText('Construtora Horizonte').waitFor();
  });
});
