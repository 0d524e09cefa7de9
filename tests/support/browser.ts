import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, type Browser, type BrowserContext, type BrowserContextOptions, type Page } from 'playwright-core';
import { findBinary } from '#ops/local/server-binaries.mjs';

/** As the installer of the tests' tools looks for it. */
const CHROMIUM_NAMES = ['chromium', 'chromium-browser', 'google-chrome'];
const STEP_TIMEOUT_MS = 10_000;
const SERVER_ERROR = 500;

export type TestBrowser = {
  /** A person of their own: no cookie of anybody else, and every mishap of every page is kept. */
  visitor(options?: BrowserContextOptions): Promise<Visitor>;
  close(): Promise<void>;
};

export type Visitor = {
  context: BrowserContext;
  page: Page;
  /** What went wrong in this person's pages since the last look: an error of a script, a refused style, a broken request. */
  mishaps: () => string[];
  /** For a test that breaks something on purpose: what goes wrong while `fn` runs is expected. */
  expectingTrouble: <T>(fn: () => Promise<T>) => Promise<T>;
};

/** Chromium without a window. It resolves `*.localhost` to this machine by itself and talks to nobody else. */
export async function openBrowser(): Promise<TestBrowser> {
  const executablePath = CHROMIUM_NAMES.map(findBinary).find(Boolean);
  if (!executablePath) throw new Error('Chromium is not installed');
  const asRoot = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  const browser = await chromium.launch({ executablePath, args: [...asRoot, '--disable-background-networking'] });
  return { visitor: (options) => openVisitor(browser, options), close: () => browser.close() };
}

async function openVisitor(browser: Browser, options: BrowserContextOptions = {}): Promise<Visitor> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, locale: 'en', ...options });
  context.setDefaultTimeout(STEP_TIMEOUT_MS);
  const page = await context.newPage();
  let seen: string[] = [];
  context.on('page', (opened) => watch(opened, (mishap) => seen.push(mishap)));
  watch(page, (mishap) => seen.push(mishap));
  const mishaps = () => {
    const found = seen;
    seen = [];
    return found;
  };
  return {
    context,
    page,
    mishaps,
    async expectingTrouble(fn) {
      const before = mishaps();
      const result = await fn();
      seen = before;
      return result;
    },
  };
}

/** A refusal by the Content-Security-Policy is an error in the browser's console, so it needs no ear of its own. */
function watch(page: Page, note: (mishap: string) => void): void {
  page.on('pageerror', (error) => note(`script error on ${page.url()}: ${error.message}`));
  page.on('console', (message) => {
    const { url } = message.location();
    // A refused form is an answer like any other; the browser reports each as an error all the same.
    if (message.type() === 'error' && !/status of 4\d\d/.test(message.text()))
      note(`console error on ${page.url()}: ${message.text()} ${url}`);
  });
  page.on('response', (response) => {
    if (response.status() >= SERVER_ERROR && isOwn(page, response.url()))
      note(`${response.status()} of ${response.request().method()} ${response.url()}`);
  });
}

function isOwn(page: Page, url: string): boolean {
  return URL.canParse(page.url()) && new URL(page.url()).origin === new URL(url).origin;
}

/** Keeps a picture of the page for whoever reads the failure. Returns its path. */
export async function photograph(page: Page, title: string): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'basecommerce-failure-'));
  const path = join(dir, `${title.replaceAll(/\W+/g, '-').slice(0, 80)}.png`);
  await page.screenshot({ path, fullPage: true });
  return path;
}
