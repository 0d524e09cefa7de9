import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { layoutOf, type Layout } from '#ops/local/layout.ts';
import { openLogSink } from '#ops/local/log-sink.ts';
import { newSecrets, type Secrets } from '#ops/local/secrets.ts';
import { portNeeds } from '#ops/local/services.ts';
import { LocalStack, type StackReport } from '#ops/local/stack.ts';
import { loadLocalSettings, type LocalSettings } from '#platform/config/local-stack.ts';
import { freePort } from './ports.ts';

export type TestPlatform = {
  settings: LocalSettings;
  layout: Layout;
  secrets: Secrets;
  /** Of the latest start. */
  readonly report: StackReport;
  consoleUrl: string;
  /** A store's address through the edge; `*.localhost` is this machine. */
  storeUrl(slug: string): string;
  /** Stops every process and server, and keeps the data. */
  stop(): Promise<void>;
  /** Brings all of it back on the same ports. */
  start(): Promise<void>;
  /** Stops everything and deletes the data. */
  remove(): Promise<void>;
};

/** The whole platform as `npm start` runs it, on free ports and in a folder of its own. Takes some seconds. */
export async function startTestPlatform(): Promise<TestPlatform> {
  const dir = await mkdtemp(join(tmpdir(), 'basecommerce-platform-'));
  await chmod(dir, 0o711);
  const layout = layoutOf(dir);
  const settings = await freeSettings();
  const secrets = newSecrets();
  const sink = openLogSink(layout.logs, () => undefined);
  const newStack = () => new LocalStack({ settings, layout, secrets, sink });
  let stack = newStack();
  const remove = async () => {
    await stack.stop();
    sink.close();
    await rm(dir, { recursive: true, force: true });
  };
  let report = await stack.start().catch(async (error: unknown) => {
    await remove();
    throw error;
  });
  return {
    settings,
    layout,
    secrets,
    get report() {
      return report;
    },
    consoleUrl: `http://127.0.0.1:${settings.CONSOLE_PORT}`,
    storeUrl: (slug) => `http://${slug}.localhost:${settings.LOCAL_EDGE_PORT}`,
    stop: () => stack.stop(),
    async start() {
      stack = newStack();
      report = await stack.start();
    },
    remove,
  };
}

async function freeSettings(): Promise<LocalSettings> {
  const variables = portNeeds(loadLocalSettings({})).map((need) => need.variable);
  const entries = await Promise.all(variables.map(async (name) => [name, String(await freePort())] as const));
  return loadLocalSettings(Object.fromEntries(entries));
}
