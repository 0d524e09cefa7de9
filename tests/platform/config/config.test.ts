import assert from 'node:assert/strict';
import { ConfigError, KEYS, loadConfig, PROCESS_KEYS } from '#platform/config/index.ts';
import { loadLocalSettings } from '#platform/config/local-stack.ts';

const SECRET = 'x'.repeat(32);
const ENGINES = {
  DATABASE_URL: 'postgresql://bc_worker:p@10.0.0.3/basecommerce',
  REDIS_URL: 'redis://10.0.0.3:6379/0',
};

describe('loadConfig', () => {
  it('fills in what has a default and turns numbers into numbers', () => {
    const config = loadConfig('engines', { ...ENGINES, ENGINES_PORT: '9200' });

    assert.equal(config.ENGINES_PORT, 9200);
    assert.equal(config.LOG_LEVEL, 'info');
  });

  it('names every bad key at once and shows no value', () => {
    const environment = { DATABASE_URL: 'mysql://hunter2', SECRET_KEY: 'hunter2', CONSOLE_PORT: 'hunter2' };

    assert.throws(
      () => loadConfig('console', environment),
      (error: unknown) => {
        assert.ok(error instanceof ConfigError);
        for (const key of ['DATABASE_URL', 'REDIS_URL', 'SECRET_KEY', 'CONSOLE_PORT'])
          assert.match(error.message, new RegExp(key));
        assert.doesNotMatch(error.message, /hunter2/);
        return true;
      },
    );
  });

  it('derives the URLs from the hosts of the droplets’ env files, each process with its own role', () => {
    const environment = { INFRA_HOST: '10.0.0.3', POSTGRES_PASSWORD: 'p@ss/word' };

    const config = loadConfig('relay', environment);

    assert.equal(config.DATABASE_URL, 'postgresql://bc_relay:p%40ss%2Fword@10.0.0.3:5432/basecommerce');
    assert.equal(config.REDIS_URL, 'redis://10.0.0.3:6379/0');
  });

  it('prefers a URL given in full', () => {
    const config = loadConfig('engines', { ...ENGINES, INFRA_HOST: '10.9.9.9', POSTGRES_PASSWORD: 'p' });

    assert.equal(config.DATABASE_URL, ENGINES.DATABASE_URL);
  });

  it('refuses to forget that an event was processed before the event itself', () => {
    const ops = { DATABASE_URL: 'postgresql://bc_console:p@10.0.0.3/basecommerce', SSH_KEYS_DIR: '/keys' };
    const short = { ...ops, EVENTS_RETENTION_DAYS: '40', EVENT_MARKS_RETENTION_DAYS: '39' };

    assert.throws(
      () => loadConfig('ops', short),
      /EVENT_MARKS_RETENTION_DAYS: must not be less than EVENTS_RETENTION_DAYS/,
    );
    assert.throws(() => loadConfig('ops', { ...ops, EVENTS_RETENTION_DAYS: '31' }), ConfigError);
    assert.equal(loadConfig('ops', { ...short, EVENT_MARKS_RETENTION_DAYS: '40' }).EVENTS_RETENTION_DAYS, 40);
  });

  it('pins the token algorithm and refuses a short secret', () => {
    const auth = {
      SECRET_KEY: SECRET,
      EDGE_AUTH_SECRET: SECRET,
      VERTICAL_URL: 'http://10.0.0.2:8000',
      TENANTS_DIR: '/t',
    };

    assert.equal(loadConfig('auth', auth).ALGORITHM, 'HS256');
    assert.throws(() => loadConfig('auth', { ...auth, ALGORITHM: 'none' }), ConfigError);
    assert.throws(() => loadConfig('auth', { ...auth, SECRET_KEY: 'short' }), /SECRET_KEY: must be at least 32 bytes/);
  });

  it('refuses to tell of alerts by half a way, and names what is missing of it', () => {
    const ops = { DATABASE_URL: 'postgres://x@y/z', SSH_KEYS_DIR: '/keys' };
    const hook = { ALERT_WEBHOOK_URL: 'https://hooks.example.com' };

    assert.throws(() => loadConfig('ops', { ...ops, ...hook }), /ALERT_WEBHOOK_SECRET: is missing/);
    assert.throws(
      () => loadConfig('ops', { ...ops, ALERT_EMAIL_TO: 'a@example.com' }),
      /ALERT_EMAIL_FROM: is missing[\s\S]+SMTP_URL: is missing/,
    );
    assert.equal(loadConfig('ops', { ...ops, ...hook, ALERT_WEBHOOK_SECRET: SECRET }).ALERT_EMAIL_FROM, undefined);
  });

  it('says in words what a value must be, whichever key it is of', () => {
    for (const [key, schema] of Object.entries(KEYS)) {
      // One is too short, the other too long, for whatever has a length only.
      for (const bad of ['!', '!'.repeat(31)]) {
        const parsed = schema.safeParse(bad);
        if (!parsed.success) assert.match(parsed.error.issues[0]!.message, /^must be /, key);
      }
    }
    assert.throws(
      () => loadLocalSettings({ LOCAL_EDGE_PORT: '70000' }),
      /LOCAL_EDGE_PORT: must be a port from 1 to 65535/,
    );
  });

  it('has no key that no process reads', () => {
    const read = new Set<string>(Object.values(PROCESS_KEYS).flat());

    assert.deepEqual(
      Object.keys(KEYS).filter((key) => !read.has(key)),
      [],
    );
  });
});
