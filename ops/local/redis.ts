import { fileURLToPath } from 'node:url';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { findRedis } from './server-binaries.mjs';
import { startServer, type ServerProcess } from './server-process.ts';

const DROPLET_CONF = fileURLToPath(new URL('../droplet-3-infra/redis/redis.conf', import.meta.url));

type LocalRedis = Pick<ServerProcess, 'pid' | 'exited' | 'stop'> & { port: number; url: string };

type Options = {
  dir: string;
  port: number;
  password: string;
  /** Laid over the droplet's redis.conf. */
  settings?: Record<string, string>;
  onLine?: (line: string) => void;
};

/** Runs a private Redis on 127.0.0.1 with its append-only file in `dir`. Resolves when it answers. */
export async function startRedis({ dir, port, password, settings = {}, onLine }: Options): Promise<LocalRedis> {
  const command = findRedis();
  if (!command) throw new Error('Redis 7 or newer is not installed');
  await mkdir(dir, { recursive: true, mode: 0o700 });
  // A file, because everyone on the machine can read a command line.
  const conf = join(dir, 'redis.conf');
  await writeFile(conf, confText({ ...settings, port: String(port), dir, requirepass: password }), { mode: 0o600 });
  const server = await startServer({
    name: 'Redis',
    command,
    args: [conf],
    readyLine: /Ready to accept connections/,
    cwd: dir,
    ...(onLine && { onLine }),
  });
  return { ...server, port, url: `redis://:${encodeURIComponent(password)}@127.0.0.1:${port}/0` };
}

/** The last word wins in a Redis configuration, so ours follow the droplet's. */
function confText(overrides: Record<string, string>): string {
  const lines = Object.entries(overrides).map(([name, value]) => `${name} ${JSON.stringify(value)}`);
  return [`include ${JSON.stringify(DROPLET_CONF)}`, ...lines, ''].join('\n');
}
