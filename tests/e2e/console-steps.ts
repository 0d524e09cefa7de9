import type { Page } from 'playwright-core';

/** Fills the console's sign-in form, on which the page must be. */
export async function signInToConsole(page: Page, person: { email: string; password: string }): Promise<void> {
  await page.getByLabel('E-mail').fill(person.email);
  await page.getByLabel('Password').fill(person.password);
  await page.getByRole('button', { name: 'Sign in' }).click();
}

/** Fills the form that a one-time password leads to. */
export async function choosePassword(page: Page, oneTime: string, chosen: string): Promise<void> {
  await page.getByLabel('One-time password').fill(oneTime);
  await page.getByLabel('New password', { exact: true }).fill(chosen);
  await page.getByLabel('New password again').fill(chosen);
  await page.getByRole('button', { name: 'Save password' }).click();
}

type NewStore = { name: string; slug: string; adminName: string; adminEmail: string; color?: string };

/** Fills the onboarding form, on which the page must be, and sends it. */
export async function createStore(page: Page, store: NewStore): Promise<void> {
  await page.getByLabel('Name of the store').fill(store.name);
  await page.getByLabel('Address').fill(store.slug);
  await page.getByLabel('Name of the person').fill(store.adminName);
  await page.getByLabel('E-mail').fill(store.adminEmail);
  if (store.color) await page.getByLabel('Main colour').fill(store.color);
  await page.getByRole('button', { name: 'Create store' }).click();
}
