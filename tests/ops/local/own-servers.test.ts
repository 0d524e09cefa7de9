import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { ROOT } from '#ops/local/layout.ts';
import { portNeeds } from '#ops/local/services.ts';
import { loadLocalSettings } from '#platform/config/local-stack.ts';
import { freePort } from '#tests/support/ports.ts';

describe('npm start with servers of one’s own', function () {
  this.timeout(40_000);
  let dir: string;

  before(async () => {
    dir = await mkdtemp(join(tmpdir(), 'basecommerce-own-'));
  });
  after(() => rm(dir, { recursive: true, force: true }));

  const start = async (env: Record<string, string>) => {
    const variables = portNeeds(loadLocalSettings({})).map(({ variable }) => variable);
    const ports = await Promise.all(variables.map(async (name) => [name, String(await freePort())] as const));
    const { PATH = '' } = process.env;
    const child = spawn(process.execPath, ['ops/local/start.ts'], {
      cwd: ROOT,
      env: { PATH, LOCAL_DIR: dir, ...Object.fromEntries(ports), ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const [stdout, stderr, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit')]);
    return { stdout, stderr, code: code as number };
  };

  it('names each that does not answer, without a password, and starts nothing', async () => {
    const nowhere = `127.0.0.1:${await freePort()}`;

    const outcome = await start({
      DATABASE_URL: `postgresql://me:hunter2@${nowhere}/basecommerce`,
      REDIS_URL: `redis://:hunter2@${nowhere}/0`,
    });

    assert.deepEqual(outcome, {
      stdout: '',
      stderr: [
        `DATABASE_URL: PostgreSQL at ${nowhere}/postgres as me does not answer (ECONNREFUSED).`,
        `REDIS_URL: Redis at ${nowhere}/0 does not answer (ECONNREFUSED).`,
        '',
      ].join('\n'),
      code: 69,
    });
  });

  it('lists every bad setting at once and shows no value', async () => {
    const { stderr, code } = await start({
      DATABASE_URL: 'mysql://hunter2',
      REDIS_URL: 'hunter2',
      APP_PORT: 'hunter2',
    });

    assert.equal(code, 78);
    for (const key of ['DATABASE_URL', 'REDIS_URL', 'APP_PORT']) assert.match(stderr, new RegExp(`^  ${key}: `, 'm'));
    assert.doesNotMatch(stderr, /hunter2|^\s+at /m);
  });
});
