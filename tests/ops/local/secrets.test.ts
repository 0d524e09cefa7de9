import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadConfig } from '#platform/config/index.ts';
import { loadLocalSettings } from '#platform/config/local-stack.ts';
import { layoutOf } from '#ops/local/layout.ts';
import { environmentOf, writeEnvFile } from '#ops/local/process-env.ts';
import { databaseAddress } from '#ops/local/roles.ts';
import { loadSecrets } from '#ops/local/secrets.ts';

describe('the local stack’s secrets', () => {
  let dir: string;

  before(async () => {
    dir = await mkdtemp(join(tmpdir(), 'basecommerce-secrets-'));
  });

  after(() => rm(dir, { recursive: true, force: true }));

  const factsWith = async (environment: Record<string, string>) => {
    const secrets = await loadSecrets(join(dir, 'secrets.json'));
    return {
      settings: loadLocalSettings(environment),
      secrets,
      layout: layoutOf(dir),
      database: databaseAddress('postgresql://postgres:root@127.0.0.1:55432/basecommerce', secrets.database),
      redisUrl: 'redis://127.0.0.1:56379/0',
      tenantsDir: join(dir, 'tenants'),
    };
  };

  it('are made once, for their owner alone', async () => {
    const file = join(dir, 'secrets.json');

    const first = await loadSecrets(file);

    assert.deepEqual(await loadSecrets(file), first);
    assert.equal((await stat(file)).mode & 0o777, 0o600);
  });

  it('reach a process only as far as it needs them: auth gets no database, the app only its own role', async () => {
    const facts = await factsWith({});

    const auth = environmentOf('auth', facts);
    const app = environmentOf('app', facts);
    await writeEnvFile(dir, 'app', app);

    assert.ok(!JSON.stringify(auth).includes('postgresql:'));
    assert.equal(new URL(loadConfig('app', app).DATABASE_URL).username, 'bc_app');
    assert.equal(auth['SECRET_KEY'], app['SECRET_KEY']);
    assert.notEqual(environmentOf('console', facts)['SECRET_KEY'], app['SECRET_KEY']);
    assert.equal((await stat(join(dir, 'app.env'))).mode & 0o777, 0o600);
    assert.match(await readFile(join(dir, 'app.env'), 'utf8'), /^APP_PORT="8000"$/m);
  });

  it('come with the log level that npm start was given', async () => {
    const facts = await factsWith({ LOG_LEVEL: 'debug' });

    assert.equal(loadConfig('app', environmentOf('app', facts)).LOG_LEVEL, 'debug');
    assert.equal(environmentOf('app', await factsWith({})).LOG_LEVEL, 'info');
  });

  it('come, for the ops worker alone, with whom alerts are to be told', async () => {
    const told = {
      ALERT_WEBHOOK_URL: 'https://hooks.example.com/alerts',
      ALERT_WEBHOOK_SECRET: 'a secret of more than thirty-two bytes',
      ALERT_EMAIL_TO: 'ana@example.com,bia@example.com',
      ALERT_EMAIL_FROM: 'alerts@example.com',
      SMTP_URL: 'smtp://mail.example.com',
    };
    const facts = await factsWith(told);
    const alertKeys = (env: object) => Object.keys(env).filter((key) => key in told);

    const ops = loadConfig('ops', environmentOf('ops', facts));

    assert.deepEqual(ops.ALERT_EMAIL_TO, ['ana@example.com', 'bia@example.com']);
    assert.equal(ops.ALERT_WEBHOOK_SECRET, told.ALERT_WEBHOOK_SECRET);
    assert.deepEqual(alertKeys(environmentOf('engines', facts)), []);
    assert.deepEqual(alertKeys(environmentOf('ops', await factsWith({}))), []);
    await assert.rejects(factsWith({ SMTP_URL: told.SMTP_URL }), /ALERT_EMAIL_TO: is missing/);
  });
});
