import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startRedis } from '#ops/local/redis.ts';
import { freePort } from './ports.ts';
import { testStack } from './stack.ts';

/** Mocha runs the files one after another in one process; each call takes the next of the run's logical databases. */
let nextDatabase = 0;

/** An unused logical database on the run's Redis. Never FLUSHALL it: other files share the server. */
export function testRedisUrl(): string {
  const url = new URL(testStack().redisUrl);
  url.pathname = `/${nextDatabase++}`;
  return url.href;
}

export type TestRedis = {
  url: string;
  port: number;
  /** Brings the server back on the same port with the same data. */
  start(): Promise<void>;
  /** Stops the server and keeps its data. */
  stop(): Promise<void>;
  /** Stops the server and deletes its data. */
  remove(): Promise<void>;
};

/** A Redis of the caller's own, for tests that stop or flush it. */
export async function startTestRedis(): Promise<TestRedis> {
  const dir = await mkdtemp(join(tmpdir(), 'basecommerce-redis-'));
  const options = { dir, port: await freePort(), password: randomBytes(12).toString('hex') };
  let server = await startRedis(options);
  return {
    url: server.url,
    port: server.port,
    async start() {
      server = await startRedis(options);
    },
    stop: () => server.stop(),
    async remove() {
      await server.stop();
      await rm(dir, { recursive: true, force: true });
    },
  };
}
