import assert from 'node:assert/strict';
import type { Page } from 'playwright-core';
import type { Visitor } from '#tests/support/browser.ts';
import { eventually } from '#tests/support/eventually.ts';
import { deliverSale, demoOf, signInByApi } from './api-steps.ts';
import { signInToStore } from './store-steps.ts';
import { useWorld } from './world.ts';

/** Reconnecting clients wait longer the longer a server was away. */
const RECOVERY = { timeoutMs: 20_000, intervalMs: 100 };
const PROCESSES = ['auth', 'app', 'app-2', 'relay', 'engines', 'ops', 'console'];

describe('When a part of the platform is away', function () {
  this.timeout(60_000);
  const world = useWorld();
  let operator: Visitor;
  let seller: Visitor;

  before(async () => {
    operator = await world.operator();
    seller = await world.visitor({ locale: 'pt-BR' });
    await seller.page.goto(world.platform.storeUrl('demo'));
    await signInToStore(seller.page, demoOf(world.platform));
    await seller.page.getByRole('heading', { name: 'Painel' }).waitFor();
  });

  describe('PostgreSQL', () => {
    let pids: number[];

    before(async () => {
      pids = await pidsOfAll();
      await operator.page.goto('about:blank');
      await seller.page.goto('about:blank');
      await world.platform.postgres.stop();
    });
    after(() => world.platform.postgres.start());

    it('makes every process that needs it say that it is not ready', async () => {
      for (const port of ['CONSOLE_PORT', 'APP_PORT', 'APP_2_PORT', 'RELAY_PORT', 'ENGINES_PORT', 'OPS_PORT'] as const)
        await eventually(async () => (await readiness(port)) === 503, RECOVERY);
      assert.equal(await readiness('AUTH_PORT'), 200, 'auth needs no database');
    });

    it('leaves console and store with a page that says so', async () => {
      await operator.expectingTrouble(async () => {
        const text = await unavailablePage(operator.page, `${world.platform.consoleUrl}/tenants`);
        assert.match(text, /database does not answer/);
      });
      await seller.expectingTrouble(async () => {
        await unavailablePage(seller.page, `${world.platform.storeUrl('demo')}/web/dashboard`);
      });
    });

    it('still shows the login, which says that the password is not at fault', async () => {
      const { page, expectingTrouble } = await world.visitor({ locale: 'pt-BR' });
      await page.goto(world.platform.storeUrl('demo'));
      await expectingTrouble(async () => {
        await signInToStore(page, demoOf(world.platform));
        await page.getByText('A loja não está respondendo agora').waitFor();
      });
    });

    it('is found again by itself, without a restart of anything', async () => {
      await world.platform.postgres.start();
      await eventually(async () => (await readiness('CONSOLE_PORT')) === 200, RECOVERY);
      await operator.page.goto(`${world.platform.consoleUrl}/tenants`);
      await operator.page.getByText('Loja Demo').waitFor();
      await eventually(async () => (await readiness('APP_PORT')) === 200, RECOVERY);
      await eventually(async () => (await readiness('APP_2_PORT')) === 200, RECOVERY);
      await seller.page.goto(`${world.platform.storeUrl('demo')}/web/dashboard`);
      await seller.page.getByRole('heading', { name: 'Painel' }).waitFor();
      assert.deepEqual(await pidsOfAll(), pids);
    });
  });

  describe('Redis', () => {
    before(() => world.platform.redis.stop());
    after(() => world.platform.redis.start());

    it('takes nothing from the Streams page but the cross-check, which is marked stale', async () => {
      const { page } = operator;
      await page.goto(`${world.platform.consoleUrl}/streams`);
      await page.getByText('last known, stale').waitFor();
      await page.getByRole('cell', { name: 'Redis', exact: true }).waitFor();
    });

    it('stops no sale, and the figure arrives once it is back', async () => {
      const { page } = seller;
      await deliverSale(world.platform, demoOf(world.platform));
      await page.goto(`${world.platform.storeUrl('demo')}/web/dashboard`);
      await page.getByText('O motor de vendas ainda não viu venda de hoje').waitFor();
      await world.platform.redis.start();
      await eventually(async () => {
        await page.reload();
        return page.getByText('1 venda · motor de vendas').isVisible();
      }, RECOVERY);
    });
  });

  describe('everything, and comes back', () => {
    it('keeps every row, every session and the store that was sold in', async () => {
      await operator.page.goto('about:blank');
      await seller.page.goto('about:blank');
      await world.platform.stop();
      await world.platform.start();
      const { report, demoPassword } = world.platform;
      assert.deepEqual([report.demoProblem, report.demoPassword], [undefined, demoPassword]);
      assert.equal(report.operator.oneTimePassword, undefined, 'the operator has chosen a password');
      await operator.page.goto(`${world.platform.consoleUrl}/tenants`);
      await operator.page.getByText('Loja Demo').waitFor();
      await seller.page.goto(`${world.platform.storeUrl('demo')}/web/dashboard`);
      await seller.page.getByText('1 venda · motor de vendas').waitFor();
      assert.ok(await signInByApi(world.platform, demoOf(world.platform)));
    });
  });

  async function readiness(
    port: 'CONSOLE_PORT' | 'AUTH_PORT' | 'APP_PORT' | 'APP_2_PORT' | WorkerPort,
  ): Promise<number> {
    return (await fetch(`http://127.0.0.1:${world.platform.settings[port]}/ready`)).status;
  }

  async function pidsOfAll(): Promise<number[]> {
    return Promise.all(PROCESSES.map((name) => world.platform.pidOf(name)));
  }
});

type WorkerPort = 'RELAY_PORT' | 'ENGINES_PORT' | 'OPS_PORT';

/** What a page says that is answered with 503; it shows no stack. */
async function unavailablePage(page: Page, url: string): Promise<string> {
  const answer = await page.goto(url);
  assert.equal(answer?.status(), 503);
  assert.ok(Number(answer.headers()['retry-after']) > 0);
  const text = await page.locator('main').innerText();
  assert.doesNotMatch(text, /^\s+at |Error:|ECONN/m);
  return text;
}
