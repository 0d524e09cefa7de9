import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { createTestDatabase, type TestDatabase } from '#tests/support/database.ts';
import { freePort } from '#tests/support/ports.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

describe('a worker that cannot start', () => {
  let database: TestDatabase;

  before(async () => {
    database = await createTestDatabase();
  });
  after(() => database?.drop());

  const run = (entry: string, env: Record<string, string>) =>
    new Promise<{ code: number | null; stderr: string }>((resolve) => {
      const child = execFile(process.execPath, [entry], { cwd: ROOT, env }, (_error, _stdout, stderr) =>
        resolve({ code: child.exitCode, stderr }),
      );
    });

  for (const [entry, role] of [
    ['workers/outbox-relay.ts', 'bc_relay'],
    ['workers/engines.ts', 'bc_worker'],
  ] as const) {
    it(`${entry} names every missing key at once`, async () => {
      const { code, stderr } = await run(entry, {});

      assert.equal(code, 78);
      assert.match(stderr, /DATABASE_URL: is missing\n.*REDIS_URL: is missing/);
    });

    it(`${entry} says in one line where nothing answers, without a password`, async () => {
      const [nowhere, port] = [await freePort(), String(await freePort())];
      const ports = { RELAY_PORT: port, ENGINES_PORT: port };
      const redis = `redis://:hunter2@127.0.0.1:${nowhere}/0`;
      const absent = `postgresql://${role}:hunter2@127.0.0.1:${nowhere}/x`;

      const withoutRedis = await run(entry, { ...ports, DATABASE_URL: database.url(role), REDIS_URL: redis });
      const withoutDatabase = await run(entry, { ...ports, DATABASE_URL: absent, REDIS_URL: redis });

      assert.deepEqual(withoutRedis, {
        code: 69,
        stderr: `Redis at 127.0.0.1:${nowhere}/0 does not answer (ECONNREFUSED).\n`,
      });
      assert.deepEqual(withoutDatabase, {
        code: 69,
        stderr: `PostgreSQL at 127.0.0.1:${nowhere}/x as ${role} does not answer (ECONNREFUSED).\n`,
      });
    });

    it(`${entry} refuses a role that bypasses row security`, async () => {
      const env = { DATABASE_URL: database.url('bc_backup'), REDIS_URL: 'redis://127.0.0.1:1/0' };

      const { code, stderr } = await run(entry, env);

      assert.equal(code, 1);
      assert.match(stderr, /^Refusing to start: bc_backup bypasses row-level security/);
    });
  }

  it('workers/ops.ts refuses terms by which the mark of an event would go before the event', async () => {
    const { code, stderr } = await run('workers/ops.ts', {
      DATABASE_URL: database.url('bc_console'),
      SSH_KEYS_DIR: '/nowhere',
      EVENTS_RETENTION_DAYS: '40',
    });

    assert.equal(code, 78);
    assert.match(stderr, /EVENT_MARKS_RETENTION_DAYS: must not be less than EVENTS_RETENTION_DAYS/);
  });
});
