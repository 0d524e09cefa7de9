import assert from 'node:assert/strict';
import { text } from 'node:stream/consumers';
import type { Page } from 'playwright-core';
import { eventually } from '#tests/support/eventually.ts';
import { chooseOwnPassword, signInToStore } from './store-steps.ts';
import { useWorld } from './world.ts';

const COUNT = 12;
const rows = Array.from(
  { length: COUNT },
  (_, index) => `rede-${index};Rede ${index};Maria;maria@rede${index}.example`,
);
const file = {
  name: 'rede.csv',
  mimeType: 'text/csv',
  buffer: Buffer.from(`\u{FEFF}slug;name;admin_name;admin_email\r\n${rows.join('\r\n')}\r\n`),
};

describe('A chain of stores in a file', function () {
  this.timeout(60_000);
  const world = useWorld();

  const send = async (page: Page) => {
    await page.getByRole('navigation').getByRole('link', { name: 'Stores' }).click();
    await page.getByRole('link', { name: 'From a file' }).click();
    await page.getByLabel('File', { exact: true }).setInputFiles(file);
    await page.getByRole('button', { name: 'Check the file' }).click();
  };

  it('is reported, goes live before the operator’s eyes, and lets its first people in', async () => {
    const { page } = await world.operator();
    await send(page);
    await page.getByText(`${COUNT} stores are created`).waitFor();
    await page.getByRole('button', { name: `Apply to ${COUNT} stores` }).click();
    await page.getByText(`${COUNT} of ${COUNT} done`).waitFor({ timeout: 40_000 });

    const issued = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Issue first passwords' }).click();
    const lines = (await text(await (await issued).createReadStream())).trim().split('\r\n');

    assert.equal(lines.length, COUNT + 1);
    const [slug, address, email, password] = lines[3]!.split(',') as [string, string, string, string];
    assert.equal(slug, 'rede-2');
    const maria = await world.visitor();
    await maria.page.goto(address);
    await signInToStore(maria.page, { email, password });
    await chooseOwnPassword(maria.page, password, 'uma frase longa da loja');
    await maria.page.waitForURL(/dashboard/);
  });

  it('changes nothing when it is sent again', async () => {
    const { page } = await world.operator();

    await send(page);

    await page.getByText('There is nothing to do').waitFor();
  });

  it('is applied by a browser without JavaScript, from pasted text', async () => {
    const { page } = await world.operator({ javaScriptEnabled: false });
    await page.goto(`${world.platform.consoleUrl}/tenants/applications/new`);
    await page.getByLabel('Or paste it here').fill('- slug: colada\n  nome: Colada\n');
    await page.getByRole('button', { name: 'Check the file' }).click();
    await page.getByText('nome: There is no such field').first().waitFor();
    await page.getByRole('link', { name: 'Another file' }).click();
    await page
      .getByLabel('Or paste it here')
      .fill('- {slug: colada, name: Colada, admin: {name: Ana, email: ana@colada.example}}');
    await page.getByRole('button', { name: 'Check the file' }).click();
    await page.getByRole('button', { name: 'Apply to 1 store' }).click();

    await eventually(async () => {
      await page.reload();
      return page.getByText('1 of 1 done').isVisible();
    });
  });
});
