import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { startCountingProxy, type CountingProxy } from '#tests/support/counting-proxy.ts';
import { createTestDatabase, type TestDatabase } from '#tests/support/database.ts';
import { eventually } from '#tests/support/eventually.ts';
import { freePort } from '#tests/support/ports.ts';

const ENTRY = fileURLToPath(new URL('../../tenant-app/server.ts', import.meta.url));
const SECRET = 'a-secret-of-the-tests-0123456789abcdef';

describe("the process of the store's app", () => {
  let database: TestDatabase;
  let proxy: CountingProxy;
  let child: ChildProcess | undefined;

  before(async () => {
    database = await createTestDatabase();
  });
  after(() => database.drop());

  beforeEach(async () => {
    proxy = await startCountingProxy(Number(new URL(database.url('bc_app')).port));
  });
  afterEach(async () => {
    if (child?.exitCode === null) {
      child.kill('SIGKILL');
      await once(child, 'exit');
    }
    await proxy.stop();
  });

  function start(env: Record<string, string>): ChildProcess {
    child = spawn(process.execPath, [ENTRY], {
      env: { NODE_ENV: 'production', LOG_LEVEL: 'silent', SECRET_KEY: SECRET, EDGE_AUTH_SECRET: SECRET, ...env },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    return child;
  }

  const databaseUrl = (role: 'bc_app' | 'bc_backup' = 'bc_app') => {
    const url = new URL(database.url(role));
    url.port = String(proxy.port);
    return url.href;
  };

  const endOf = async (process: ChildProcess) => {
    const [said, [code]] = await Promise.all([text(process.stderr!), once(process, 'exit')]);
    return { said, code: code as number };
  };

  it('names every bad key at once and none of its values, with exit code 78', async () => {
    const { said, code } = await endOf(start({ SECRET_KEY: 'short-and-secret', APP_PORT: 'eight' }));

    assert.equal(code, 78);
    for (const key of ['SECRET_KEY', 'APP_PORT', 'DATABASE_URL']) assert.match(said, new RegExp(key));
    assert.doesNotMatch(said, /short-and-secret/);
  });

  it('says in one sentence that PostgreSQL does not answer, with exit code 69', async () => {
    await proxy.stop();

    const { said, code } = await endOf(start({ DATABASE_URL: databaseUrl() }));

    assert.equal(code, 69);
    assert.match(said, /^PostgreSQL at 127\.0\.0\.1:\d+.* does not answer/);
    assert.doesNotMatch(said, /\n\s+at /);
  });

  it('refuses a database role that row security cannot hold', async () => {
    const { said, code } = await endOf(start({ DATABASE_URL: databaseUrl('bc_backup') }));

    assert.notEqual(code, 0);
    assert.match(said, /bypasses row-level security/);
  });

  it('is ready while the database answers, says so when it is away, and ends on SIGTERM', async () => {
    const port = await freePort();
    const running = start({ DATABASE_URL: databaseUrl(), APP_PORT: String(port) });
    const ask = (path: string, headers = {}) => fetch(`http://127.0.0.1:${port}${path}`, { headers });
    const fromEdge = { 'X-Edge-Auth': SECRET, 'X-Tenant-Slug': 'casa-forte' };
    await eventually(async () => (await ask('/ready')).ok, { timeoutMs: 15_000 });

    await proxy.stop();
    const ready = await ask('/ready');
    const page = await ask('/web/dashboard', { ...fromEdge, Accept: 'text/html' });
    const api = await ask('/api/v1/dashboard', fromEdge);

    assert.equal((await ask('/health')).status, 200);
    assert.equal(ready.status, 503);
    assert.equal(page.status, 503);
    assert.match(await page.text(), /O banco de dados não responde/);
    assert.equal(((await api.json()) as { code: string }).code, 'database_unavailable');
    running.kill('SIGTERM');
    assert.deepEqual(await once(running, 'exit'), [0, null]);
  });
});
