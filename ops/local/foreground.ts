import { existsSync } from 'node:fs';
import { chmod, mkdir } from 'node:fs/promises';
import { once } from 'node:events';
import { loadLocalSettings, type LocalSettings } from '#platform/config/local-stack.ts';
import { toError } from '#platform/errors.ts';
import { exitCodeOf } from '#platform/process.ts';
import { untilNpmIsGone } from './launcher.ts';
import type { Layout } from './layout.ts';
import { openLogSink } from './log-sink.ts';
import { refuseSilentServers } from './own-servers.ts';
import { giveUpOwnership, takeOwnership } from './pid-records.ts';
import { refuseSharedPorts, refuseTakenPorts } from './ports.ts';
import { loadSecrets } from './secrets.ts';
import { portNeeds } from './services.ts';
import { LocalStack } from './stack.ts';
import { welcome } from './welcome.ts';

/** Runs the local stack until Ctrl-C and returns the exit code. Every failure is one readable message, no stack trace. */
export async function runLocalStack(layout: Layout): Promise<number> {
  const stopSignal = nextSignal();
  try {
    const settings = loadLocalSettings();
    const needs = portNeeds(settings);
    refuseSharedPorts(needs);
    await makeFolder(layout.dir);
    await takeOwnership(layout.pids);
    try {
      await refuseTakenPorts(needs);
      await refuseSilentServers(settings);
      return await runUntil(stopSignal, settings, layout);
    } finally {
      await giveUpOwnership(layout.pids);
    }
  } catch (error) {
    process.stderr.write(`${reasonsOf(error)}\n`);
    return exitCodeOf(toError(error));
  }
}

async function runUntil(stopSignal: Promise<unknown>, settings: LocalSettings, layout: Layout): Promise<number> {
  const secrets = await loadSecrets(layout.secrets);
  const sink = openLogSink(layout.logs, (text) => process.stdout.write(text));
  const stack = new LocalStack({ settings, layout, secrets, sink });
  const isFirst = !existsSync(layout.env);
  process.stdout.write(`Starting the servers and processes …${isFirst ? ' The first start may take a minute.' : ''}\n`);
  try {
    await Promise.race([startAndWelcome(stack, settings).then(() => stopSignal), stopSignal]);
    process.stdout.write('\nStopping everything …\n');
    return 0;
  } finally {
    await stack.stop();
    sink.close();
    process.stdout.write('Stopped; the data is kept.\n');
  }
}

/** Welcomes even when Ctrl-C was faster: the one-time password is known nowhere else. */
async function startAndWelcome(stack: LocalStack, settings: LocalSettings): Promise<void> {
  const startedAt = performance.now();
  const report = await stack.start();
  process.stdout.write(welcome(report, settings, performance.now() - startedAt));
}

/**
 * As root the servers that refuse root run under other accounts, which must pass this folder on the way to their own;
 * they still cannot list it, and every secret inside is for its owner alone.
 */
async function makeFolder(dir: string): Promise<void> {
  await mkdir(dir, { recursive: true });
  await chmod(dir, process.getuid?.() === 0 ? 0o711 : 0o700);
}

/** Listens from the first moment on, and keeps listening: an impatient second Ctrl-C must not orphan the servers. */
function nextSignal(): Promise<unknown> {
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  for (const signal of signals) process.on(signal, () => undefined);
  return Promise.race([...signals.map((signal) => once(process, signal)), untilNpmIsGone()]);
}

/** The message with its causes: "initdb failed" alone helps nobody. */
function reasonsOf(thrown: unknown): string {
  const error = toError(thrown);
  const message =
    error instanceof AggregateError ? error.errors.map((one) => toError(one).message).join('; ') : error.message;
  return error.cause === undefined ? message : `${message}\n  ${reasonsOf(error.cause)}`;
}
