import assert from 'node:assert/strict';
import { chmod, mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startPostgres, type LocalPostgres } from '#ops/local/postgres.ts';
import { connected } from '#ops/local/roles.ts';
import { newRolePasswords } from '#ops/local/secrets.ts';
import { freePort } from '#tests/support/ports.ts';

const passwords = newRolePasswords();

describe('startPostgres', () => {
  let root: string;
  let dir: string;
  let server: LocalPostgres | undefined;

  const start = async () => {
    server = await startPostgres({ dir, port: await freePort(), passwords, settings: { fsync: 'off' } });
    return server;
  };
  const query = async (sql: string) =>
    connected(server!.superuserUrl('postgres'), async (client) => (await client.query(sql)).rows);

  before(async () => {
    root = await mkdtemp(join(tmpdir(), 'basecommerce-pg-'));
    await chmod(root, 0o711);
    dir = join(root, 'postgres');
    await start();
  });

  after(async () => {
    await server?.stop();
    await rm(root, { recursive: true, force: true });
  });

  it('answers only to the password, and keeps its folder for itself', async () => {
    const url = new URL(server!.superuserUrl('postgres'));
    url.password = 'wrong';

    await assert.rejects(
      connected(url.href, async () => undefined),
      /password authentication failed/,
    );
    assert.equal((await stat(dir)).mode & 0o777, 0o700);
  });

  it('runs with the droplet settings, less memory', async () => {
    const [row] = await query(`select current_setting('max_connections') as connections,
      current_setting('shared_buffers') as buffers, current_setting('listen_addresses') as addresses`);

    assert.deepEqual(row, { connections: '50', buffers: '64MB', addresses: '127.0.0.1' });
  });

  it('keeps what people typed out of its log, in refused rows and in slow statements', async () => {
    const [row] = await query(`select current_setting('log_error_verbosity') as verbosity,
      current_setting('log_parameter_max_length') as parameters, current_setting('log_statement') as statements`);

    assert.deepEqual(row, { verbosity: 'terse', parameters: '0', statements: 'none' });
  });

  it('refuses a folder whose server runs, naming its pid', async () => {
    await assert.rejects(start(), new RegExp(`pid ${server!.pid}.*already runs`));
  });

  it('keeps its data over a restart, and over a lock file whose pid is now another program', async () => {
    await query('create table kept as select 42 as answer');
    await server!.stop();
    await writeFile(join(dir, 'postmaster.pid'), `${process.pid}\n${dir}\n`);
    await start();

    assert.deepEqual(await query('select answer from kept'), [{ answer: 42 }]);
  });
});
