import assert from 'node:assert/strict';
import type { BrowserContextOptions } from 'playwright-core';
import { openBrowser, photograph, type TestBrowser, type Visitor } from '#tests/support/browser.ts';
import { startTestPlatform, type TestPlatform } from '#tests/support/platform.ts';
import { choosePassword, signInToConsole } from './console-steps.ts';

type World = {
  readonly platform: TestPlatform;
  /** Somebody with a browser of their own, until the suite ends. */
  visitor(options?: BrowserContextOptions): Promise<Visitor>;
  /** The first operator, signed in to the console; the one-time password is changed on the way when it still stands. */
  operator(options?: BrowserContextOptions): Promise<Visitor>;
};

/** What every suite of this run shares: the platform takes longer to start than most suites take to run. */
type Shared = { platform: TestPlatform; browser: TestBrowser; operatorPassword: string | undefined };

const OPERATOR_PASSWORD = 'uma frase longa de operador';
const START_WITHIN_MS = 90_000;

let suitesToCome = 0;
let starting: Promise<Shared> | undefined;

/** Gives the suite it is called in the running platform and a browser. A mishap in any page fails the test that met it. */
export function useWorld(): World {
  const visitors: Visitor[] = [];
  let shared: Shared;
  suitesToCome++;
  before(async function () {
    this.timeout(START_WITHIN_MS);
    shared = await (starting ??= open());
  });
  afterEach(async function () {
    const failed = this.currentTest?.isFailed();
    const found = visitors.flatMap((visitor) => visitor.mishaps());
    if (failed) await showPages(visitors, this.currentTest!.title);
    else assert.deepEqual(found, [], 'nothing goes wrong in a page behind the visitor’s back');
  });
  after(async () => {
    await Promise.all(visitors.map(({ context }) => context.close()));
    if (--suitesToCome === 0) await closeAll();
  });

  const visitor = async (options?: BrowserContextOptions) => {
    const opened = await shared.browser.visitor(options);
    visitors.push(opened);
    return opened;
  };
  return {
    get platform() {
      return shared.platform;
    },
    visitor,
    async operator(options) {
      const opened = await visitor(options);
      await enterConsole(opened, shared);
      return opened;
    },
  };
}

// A run that is narrowed to some tests never ends the suites it leaves out.
after(closeAll);

async function open(): Promise<Shared> {
  const platform = await startTestPlatform();
  const browser = await openBrowser().catch(async (error: unknown) => {
    await platform.remove();
    throw error;
  });
  return { platform, browser, operatorPassword: platform.report.operator.oneTimePassword };
}

async function closeAll(): Promise<void> {
  const shared = await starting;
  starting = undefined;
  await shared?.browser.close();
  await shared?.platform.remove();
}

async function enterConsole({ page }: Visitor, shared: Shared): Promise<void> {
  const { platform } = shared;
  await page.goto(platform.consoleUrl);
  await signInToConsole(page, { email: platform.report.operator.email, password: shared.operatorPassword! });
  if (shared.operatorPassword !== OPERATOR_PASSWORD) {
    await choosePassword(page, shared.operatorPassword!, OPERATOR_PASSWORD);
    shared.operatorPassword = OPERATOR_PASSWORD;
  }
  await page.waitForURL(`${platform.consoleUrl}/`);
}

async function showPages(visitors: Visitor[], title: string): Promise<void> {
  for (const { page } of visitors) {
    if (page.url() === 'about:blank') continue;
    process.stdout.write(`      ${page.url()} looked like ${await photograph(page, title)}\n`);
  }
}
