import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { LOCAL_KEYS } from '#platform/config/local-stack.ts';
import { freePort } from './ports.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const READY = /BaseCommerce is running \(ready in ([\d.]+) s\)/;
const START_WITHIN_MS = 120_000;

/** The whole platform as `npm start` runs it, in a folder and on ports of its own. */
export type SpawnedPlatform = {
  dir: string;
  ports: Record<string, number>;
  consoleUrl: string;
  /** Everything it printed so far. */
  output(): string;
  /** Seconds from the spawn to the block that tells the URLs. */
  readySeconds: number;
  /** The operator's one-time password; only the first start of a folder prints it. */
  operatorPassword: string | undefined;
  demoPassword: string;
  storeUrl(slug: string): string;
  /** Ids of the running processes by name, such as `console` or `relay`. */
  pids(): Promise<Record<string, number>>;
  /** The environment of one process, as written for people and for the command line. */
  env(name: string): Promise<Record<string, string>>;
  /** Stops everything; the folder stays, for another start. */
  stop(): Promise<void>;
};

/** A folder for {@link startPlatform}; remove it with {@link removePlatform}. */
export function makePlatformDir(): Promise<string> {
  return mkdtemp(join(tmpdir(), 'basecommerce-'));
}

export function removePlatform(dir: string): Promise<void> {
  return rm(dir, { recursive: true, force: true });
}

/** A free port for everything that listens. */
export async function freePorts(): Promise<Record<string, number>> {
  const names = Object.keys(LOCAL_KEYS).filter((key) => key.endsWith('_PORT'));
  return Object.fromEntries(await Promise.all(names.map(async (name) => [name, await freePort()] as const)));
}

/** Runs `npm start`'s program and waits until it says that it is ready. Rejects with its output when it ends before. */
export async function startPlatform(dir: string, ports: Record<string, number>): Promise<SpawnedPlatform> {
  const startedAt = performance.now();
  const env = Object.fromEntries(Object.entries(ports).map(([name, port]) => [name, String(port)]));
  const child = spawn(process.execPath, ['ops/local/start.ts'], {
    cwd: ROOT,
    env: { PATH: process.env.PATH, HOME: process.env.HOME, LOCAL_DIR: dir, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  const ready = Promise.withResolvers<void>();
  const read = (chunk: Buffer) => {
    output += chunk.toString();
    if (READY.test(output) && output.includes('Ctrl-C stops everything')) ready.resolve();
  };
  child.stdout.on('data', read);
  child.stderr.on('data', read);
  child.once('exit', (code) => ready.reject(new Error(`the platform ended with code ${code}:\n${output}`)));
  const limit = setTimeout(() => ready.reject(new Error(`the platform is not ready:\n${output}`)), START_WITHIN_MS);
  try {
    await ready.promise;
  } catch (error) {
    await stopChild(child);
    throw error;
  } finally {
    clearTimeout(limit);
  }
  const plain = stripColours(output);
  return {
    dir,
    ports,
    consoleUrl: `http://127.0.0.1:${ports.CONSOLE_PORT}`,
    output: () => stripColours(output),
    readySeconds: (performance.now() - startedAt) / 1000,
    operatorPassword: /password\s+(\S+)\s+\(for the first sign-in/.exec(plain)?.[1],
    demoPassword: /Demo store[\s\S]*?password\s+(\S+)/.exec(plain)![1]!,
    storeUrl: (slug) => `http://${slug}.localhost:${ports.LOCAL_EDGE_PORT}`,
    pids: () => readPids(join(dir, 'pids')),
    env: (name) => readEnv(join(dir, 'env', `${name}.env`)),
    stop: () => stopChild(child),
  };
}

async function stopChild(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill('SIGTERM');
  await exited;
}

async function readPids(dir: string): Promise<Record<string, number>> {
  const names = await readdir(dir);
  const pids = await Promise.all(
    names.map(
      async (name) =>
        [name.replace(/\.\w+$/, ''), Number.parseInt(await readFile(join(dir, name), 'utf8'), 10)] as const,
    ),
  );
  return Object.fromEntries(pids);
}

async function readEnv(file: string): Promise<Record<string, string>> {
  const lines = (await readFile(file, 'utf8')).trim().split('\n');
  return Object.fromEntries(
    lines.map((line) => [line.split('=', 1)[0]!, JSON.parse(line.slice(line.indexOf('=') + 1)) as string]),
  );
}

function stripColours(text: string): string {
  // oxlint-disable-next-line no-control-regex -- terminal colours are control characters
  return text.replaceAll(/\u001B\[\d+m/g, '');
}
