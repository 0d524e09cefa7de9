import type { Page } from 'playwright-core';

/** Fills a store's sign-in form, on which the page must be. */
export async function signInToStore(page: Page, person: { email: string; password: string }): Promise<void> {
  await page.getByLabel('E-mail').fill(person.email);
  await page.getByLabel('Senha').fill(person.password);
  await page.getByRole('button', { name: 'Entrar' }).click();
}

/** Replaces the one-time password, which is all that the page to be on is for. */
export async function chooseOwnPassword(page: Page, current: string, chosen: string): Promise<void> {
  await page.getByRole('heading', { name: 'Escolha a sua senha' }).waitFor();
  await page.getByLabel('Senha atual').fill(current);
  await page.getByLabel('Nova senha').fill(chosen);
  await page.getByRole('button', { name: 'Trocar senha' }).click();
}

export async function addCustomer(page: Page, { name, document }: { name: string; document: string }): Promise<void> {
  await page.getByRole('link', { name: 'Clientes', exact: true }).click();
  await page.getByRole('link', { name: 'Novo cliente' }).first().click();
  await page.getByLabel('Nome').fill(name);
  await page.getByLabel('CPF ou CNPJ').fill(document);
  await page.getByRole('button', { name: 'Salvar' }).click();
  await page.getByText('Salvo.').waitFor();
}

export async function addProduct(page: Page, product: { name: string; unit: string; price: string }): Promise<void> {
  await page.getByRole('link', { name: 'Produtos', exact: true }).click();
  await page.getByRole('link', { name: 'Novo produto' }).first().click();
  await page.getByLabel('Nome').fill(product.name);
  await page.getByLabel('Unidade').selectOption(product.unit);
  await page.getByLabel('Preço').fill(product.price);
  await page.getByRole('button', { name: 'Salvar' }).click();
  await page.getByText('Salvo.').waitFor();
}

/** On the counter screen, with the keyboard alone: quantity, part of the name, Enter. */
export async function typeLine(page: Page, { quantity, search }: { quantity: string; search: string }): Promise<void> {
  const lines = await page.locator('.counter-line').count();
  await page.locator('.counter-quantity:focus').waitFor();
  await page.keyboard.type(quantity);
  await page.keyboard.press('Tab');
  await page.keyboard.type(search);
  await page.locator('#product-results button').first().waitFor();
  await page.keyboard.press('Enter');
  await page.locator('.counter-line').nth(lines).waitFor();
}
