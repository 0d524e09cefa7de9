import assert from 'node:assert/strict';
import type { Visitor } from '#tests/support/browser.ts';
import { eventually } from '#tests/support/eventually.ts';
import { createStore } from './console-steps.ts';
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

  describe('the operator', () => {
    before(async () => {
      operator = await world.operator();
    });

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
      await page.getByRole('link', { name: 'Tenants' }).click();
      await page.getByRole('link', { name: 'New store' }).click();
      await page.getByLabel('Name of the store').pressSequentially(STORE.name);
      await eventually(async () => (await page.getByLabel('Address').inputValue()) === 'deposito-sao-jorge');
      const refusals = { www: 'kept for the platform', 'Sao-Jorge': 'small letters', demo: 'kept for the platform' };
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
      process.kill(ops, 'SIGSTOP');
      try {
        await createStore(page, STORE);
        await page.getByText('0 of 6 steps').waitFor();
      } finally {
        process.kill(ops, 'SIGCONT');
      }
      await page.getByText('6 of 6 steps').waitFor();
      await page.getByText('Live', { exact: true }).waitFor();
      await page.getByText(/edge answered revision \d+/).waitFor();
    });
  });
});
