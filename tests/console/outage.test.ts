import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { startNodeProcess } from '#ops/local/node-process.ts';
import { createTestDatabase, type TestDatabase } from '#tests/support/database.ts';
import { startCutLine, type CutLine } from '#tests/support/cut-line.ts';
import { eventually } from '#tests/support/eventually.ts';
import { freePort } from '#tests/support/ports.ts';
import { startTestRedis, type TestRedis } from '#tests/support/redis.ts';

const ENTRY = fileURLToPath(new URL('../../console/server.ts', import.meta.url));

describe('a console that loses what it depends on', function () {
  this.timeout(30_000);
  let database: TestDatabase;
  let redis: TestRedis;
  let line: CutLine;
  let server: Awaited<ReturnType<typeof startNodeProcess>>;
  let url: string;

  before(async () => {
    [database, redis] = await Promise.all([createTestDatabase(), startTestRedis()]);
    const direct = new URL(database.url('bc_console'));
    line = await startCutLine(Number(direct.port));
    direct.port = String(line.port);
    const port = await freePort();
    url = `http://127.0.0.1:${port}`;
    server = await startNodeProcess({
      name: 'console',
      entry: 'console/server.ts',
      port,
      env: {
        PATH: process.env.PATH ?? '',
        NODE_ENV: 'test',
        DATABASE_URL: direct.href,
        REDIS_URL: redis.url,
        SECRET_KEY: 'test-secret-of-more-than-32-bytes!',
        CONSOLE_PORT: String(port),
      },
      compileCache: process.env.NODE_COMPILE_CACHE ?? '',
    });
  });
  after(async () => {
    await server.stop();
    await line.cut();
    await Promise.all([database.drop(), redis.remove()]);
  });

  const get = (path: string) => fetch(url + path, { headers: { Accept: 'text/html' }, redirect: 'manual' });
  const readiness = async () => (await fetch(`${url}/ready`)).json() as Promise<{ checks: Record<string, string> }>;

  it('says so on its pages while PostgreSQL is away, lives, and heals by itself', async () => {
    await line.cut();

    const page = await get('/login');
    assert.equal(page.status, 503);
    assert.equal(page.headers.get('Retry-After'), '5');
    assert.match(await page.text(), /The database does not answer\. Nothing was changed[\s\S]*quote this id/);
    assert.equal((await fetch(`${url}/ready`)).status, 503);
    assert.equal((await fetch(`${url}/health`)).status, 200);

    await line.mend();
    await eventually(async () => (await get('/login')).status === 200);
    await eventually(async () => (await fetch(`${url}/ready`)).status === 200);
  });

  it('goes on drawing pages while Redis is away, and is not ready', async () => {
    await redis.stop();

    await eventually(async () => (await readiness()).checks.redis !== 'ok');
    assert.equal((await readiness()).checks.database, 'ok');
    assert.equal((await get('/login')).status, 200);

    await redis.start();
    await eventually(async () => (await readiness()).checks.redis === 'ok', { timeoutMs: 10_000 });
  });
});

describe('a console that is started while Redis is away', () => {
  let database: TestDatabase;

  before(async () => {
    database = await createTestDatabase();
  });
  after(() => database.drop());

  it('draws its pages, and says that it is not ready', async () => {
    const [port, nowhere] = [await freePort(), await freePort()];
    const env = {
      NODE_ENV: 'test',
      LOG_LEVEL: 'silent',
      DATABASE_URL: database.url('bc_console'),
      REDIS_URL: `redis://127.0.0.1:${nowhere}/0`,
      SECRET_KEY: 'test-secret-of-more-than-32-bytes!',
      CONSOLE_PORT: String(port),
    };
    const server = spawn(process.execPath, [ENTRY], { env, stdio: ['ignore', 'ignore', 'inherit'] });
    const ask = (path: string) => fetch(`http://127.0.0.1:${port}${path}`, { headers: { Accept: 'text/html' } });
    try {
      await eventually(async () => (await ask('/health')).ok);

      assert.equal((await ask('/login')).status, 200);
      const { checks } = (await (await ask('/ready')).json()) as { checks: Record<string, string> };
      assert.equal(checks.database, 'ok');
      assert.notEqual(checks.redis, 'ok');
    } finally {
      const exited = once(server, 'exit');
      server.kill('SIGTERM');
      assert.deepEqual(await exited, [0, null]);
    }
  });
});
