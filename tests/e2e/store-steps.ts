import type { Page } from 'playwright-core';

/** Fills a store's sign-in form, on which the page must be. */
export async function signInToStore(page: Page, person: { email: string; password: string }): Promise<void> {
  await page.getByLabel('E-mail').fill(person.email);
  await page.getByLabel('Senha').fill(person.password);
  await page.getByRole('button', { name: 'Entrar' }).click();
}

/** Changes the password that somebody else chose for this person. The page must be one of a signed-in person. */
export async function chooseOwnPassword(page: Page, current: string, chosen: string): Promise<void> {
  await page.getByRole('link', { name: 'Escolha a sua' }).click();
  await page.getByLabel('Senha atual').fill(current);
  await page.getByLabel('Nova senha').fill(chosen);
  await page.getByRole('button', { name: 'Trocar senha' }).click();
  await page.getByText('Sua senha foi trocada').waitFor();
}
