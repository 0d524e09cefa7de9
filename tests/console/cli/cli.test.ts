import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { getTenant, markLive } from '#domain/tenants/index.ts';
import { findToken } from '#domain/tokens/index.ts';
import { signIn } from '#domain/operators/index.ts';
import { eventually } from '#tests/support/eventually.ts';
import { openConsoleDatabase, type ConsoleDatabase } from '#tests/support/console-database.ts';
import { freePort } from '#tests/support/ports.ts';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));

describe('npm run bc', function () {
  this.timeout(60_000);
  let database: ConsoleDatabase;

  before(async () => {
    database = await openConsoleDatabase();
  });
  after(() => database?.drop());

  const start = (args: string[], environment: Record<string, string> = { DATABASE_URL: database.url }) => {
    const { PATH, NODE_COMPILE_CACHE } = process.env;
    const child = spawn(process.execPath, ['console/cli/bc.ts', ...args], {
      cwd: ROOT,
      env: { PATH, NODE_COMPILE_CACHE, ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const ended = Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit')]).then(
      ([stdout, stderr, [code]]) => ({ stdout, stderr, code: code as number }),
    );
    return { child, ended };
  };
  const bc = (args: string[], environment?: Record<string, string>) => start(args, environment).ended;
  const createArgs = (slug: string, ...more: string[]) => {
    const admin = ['--admin-name', 'Ana', '--admin-email', 'ana@acme.test'];
    return ['tenant', 'create', slug, '--name', 'Acme', ...admin, ...more];
  };
  const createTenant = (slug: string, ...more: string[]) => bc(createArgs(slug, ...more));

  describe('token create', () => {
    it('prints the token and nothing else, and the token works', async () => {
      const { stdout, code } = await bc(['token', 'create', '--name', 'ci', '--role', 'operator', '--days', '7']);

      assert.equal(code, 0);
      assert.match(stdout, /^\S+\n$/);
      const token = await findToken(database.ctx, stdout.trim());
      assert.equal(token?.role, 'operator');
      assert.equal(token.expiresAt.getTime() - token.createdAt.getTime(), 7 * 86_400_000);
      assert.match(token.createdBy, /^command line \(/);
    });

    it('answers as JSON, and revokes what it made', async () => {
      const made = await bc(['token', 'create', '--name', 'short-lived', '--role', 'viewer', '--json']);
      const { token, expires_at } = JSON.parse(made.stdout) as { token: string; expires_at: string };
      assert.ok(Date.parse(expires_at) > Date.now());

      assert.equal((await bc(['token', 'revoke', 'short-lived'])).code, 0);

      assert.equal(await findToken(database.ctx, token), undefined);
    });

    it('names every option at fault and exits 2', async () => {
      const { stdout, stderr, code } = await bc(['token', 'create', '--role', 'king', '--days', '0']);

      assert.equal(code, 2);
      assert.equal(stdout, '');
      for (const option of ['--name: is missing', '--role: Type one of viewer', '--days: Type a whole number'])
        assert.match(stderr, new RegExp(option));
    });
  });

  it('creates an operator, prints the one-time password only, and it signs in', async () => {
    const person = ['--email', 'nina@example.com', '--name', 'Nina', '--role', 'admin'];
    const { stdout, code } = await bc(['operator', 'create', ...person]);

    assert.equal(code, 0);
    assert.match(stdout, /^\S+\n$/);
    assert.ok(await signIn(database.ctx, { email: 'nina@example.com', password: stdout.trim() }));
  });

  describe('tenant', () => {
    it('creates a store with its job and lists it', async () => {
      const { stdout, code } = await createTenant('first', '--json');
      assert.equal(code, 0);
      const created = JSON.parse(stdout) as { tenant: { status: string }; job: { kind: string }; admin: object };
      assert.deepEqual([created.tenant.status, created.job.kind], ['provisioning', 'tenant.provision']);
      assert.deepEqual(Object.keys(created.admin), ['email', 'one_time_password']);

      const listed = await bc(['tenant', 'list', '--json']);
      assert.deepEqual(
        (JSON.parse(listed.stdout) as { slug: string }[]).map((it) => it.slug),
        ['first'],
      );
    });

    it('prints the one-time password once, waiting or not', async () => {
      const jobs = () => database.ctx.db('platform.jobs').where({ subject: 'store patient' });
      const { ended } = start(createArgs('patient', '--wait'));
      await eventually(async () => (await jobs()).length === 1, { timeoutMs: 20_000 });
      await jobs().update({ status: 'succeeded', finished_at: new Date() });

      for (const { stdout, stderr } of [await ended, await createTenant('hasty')])
        assert.equal(`${stdout}${stderr}`.match(/One-time password of ana@acme\.test: \S{8,}/g)?.length, 1);
    });

    it('exits 2 for an unlawful slug and 1 for a taken one, naming the option', async () => {
      await createTenant('taken');

      const unlawful = await createTenant('xn--x');
      const taken = await createTenant('taken');

      assert.deepEqual([unlawful.code, taken.code], [2, 1]);
      assert.match(unlawful.stderr, /^--slug: /);
      assert.match(taken.stderr, /^--slug: .*taken/);
    });

    it('suspends and resumes, and exits 1 where the state does not allow it', async () => {
      await createTenant('closing');
      const { id } = await getTenant(database.ctx, 'closing');
      assert.equal((await bc(['tenant', 'suspend', 'closing'])).code, 1);
      await markLive(database.ctx, id);

      assert.equal((await bc(['tenant', 'suspend', '--slug', 'closing', '--reason', 'unpaid'])).code, 0);

      assert.equal((await getTenant(database.ctx, 'closing')).statusReason, 'unpaid');
      const resumed = await bc(['tenant', 'resume', 'closing']);
      assert.equal(resumed.code, 0);
      assert.match(resumed.stdout, /^closing is being resumed \(/);
    });

    it('follows the job with --wait, and exits 1 with its reason when it fails', async () => {
      const jobs = () => database.ctx.db('platform.jobs').where({ subject: 'store waiting' });
      const { ended } = start(createArgs('waiting', '--wait'));
      await eventually(async () => (await jobs()).length === 1, { timeoutMs: 20_000 });
      await jobs().update({ status: 'failed', error_message: 'the edge did not answer' });

      const { stderr, code } = await ended;

      assert.equal(code, 1);
      assert.match(stderr, /One-time password of ana@acme\.test: \S+/);
      assert.match(stderr, /the edge did not answer/);
    });
  });

  it('migrates as the migrator', async () => {
    const { stdout, code } = await bc(['migrate', '--json'], { DATABASE_URL: database.migratorUrl });

    assert.equal(code, 0);
    assert.deepEqual(JSON.parse(stdout), { ran: [] });
  });

  it('explains itself, and exits 2 for what it does not know', async () => {
    const help = await bc(['--help'], {});
    assert.equal(help.code, 0);
    for (const command of [
      'tenant create',
      'tenant suspend',
      'droplet enrol',
      'token create',
      'operator create',
      'migrate',
    ])
      assert.match(help.stdout, new RegExp(`bc ${command}`));
    assert.match((await bc(['tenant', 'create', '--help'], {})).stdout, /--admin-email EMAIL/);

    for (const args of [[], ['tenants'], ['tenant', 'delete'], ['tenant', 'list', '--colour']])
      assert.equal((await bc(args)).code, 2, args.join(' '));
  });

  it('exits 78 without configuration and 69 without a database, in one line and without a stack trace', async () => {
    const unconfigured = await bc(['tenant', 'list'], {});
    const place = `127.0.0.1:${await freePort()}/x`;
    const alone = await bc(['tenant', 'list'], { DATABASE_URL: `postgresql://bc@${place}` });

    assert.deepEqual([unconfigured.code, alone.code], [78, 69]);
    assert.match(unconfigured.stderr, /DATABASE_URL: is missing; run npm start first/);
    const silent = `PostgreSQL at ${place} as bc does not answer (ECONNREFUSED). Is npm start running?\n`;
    assert.equal(alone.stderr, silent);
    for (const { stdout, stderr } of [unconfigured, alone]) {
      assert.equal(stdout, '');
      assert.doesNotMatch(stderr, /\n\s+at /);
    }
  });
});
