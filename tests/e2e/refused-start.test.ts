import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { layoutOf, ROOT } from '#ops/local/layout.ts';
import { environmentOf, type ProcessEnv } from '#ops/local/process-env.ts';
import { databaseAddress } from '#ops/local/roles.ts';
import { newSecrets } from '#ops/local/secrets.ts';
import { SERVICES, type Service } from '#ops/local/services.ts';
import { PROCESS_KEYS } from '#platform/config/index.ts';
import { loadLocalSettings } from '#platform/config/local-stack.ts';
import { freePort } from '#tests/support/ports.ts';

const EXIT_UNAVAILABLE = 69;
const EXIT_CONFIG = 78;

/** Auth reaches no database. */
const STORED = SERVICES.filter(({ process: name }) => name !== 'auth');

describe('A process that cannot start', function () {
  this.timeout(20_000);

  for (const service of unique(STORED))
    it(`says in one line that PostgreSQL is away and exits with 69: ${service.name}`, async () => {
      const port = await freePort();
      const { code, stderr } = await run(service, healthyEnv(service, port));
      assert.equal(code, EXIT_UNAVAILABLE, stderr);
      assert.match(stderr, new RegExp(`PostgreSQL.*127\\.0\\.0\\.1:${port}`));
      assert.equal(stderr.trim().split('\n').length, 1, stderr);
    });

  for (const service of unique(SERVICES))
    it(`lists every bad key at once, shows no value and exits with 78: ${service.name}`, async () => {
      const badKeys = PROCESS_KEYS[service.process].filter((key) => /_URL$|_PORT$|^SECRET_KEY$/.test(key));
      const env = { ...healthyEnv(service, 1), ...Object.fromEntries(badKeys.map((key) => [key, 'bad-value'])) };
      const { code, stderr } = await run(service, env);
      assert.equal(code, EXIT_CONFIG, stderr);
      for (const key of badKeys) assert.match(stderr, new RegExp(`\\b${key}\\b`));
      assert.doesNotMatch(stderr, /bad-value|^\s+at /m);
    });
});

/** What `npm start` would give the process, had it a PostgreSQL on this port. */
function healthyEnv(service: Service, postgresPort: number): ProcessEnv {
  const secrets = newSecrets();
  const database = databaseAddress(`postgresql://postgres@127.0.0.1:${postgresPort}/basecommerce`, secrets.database);
  const layout = layoutOf('/nonexistent');
  const facts = { settings: loadLocalSettings({}), secrets, layout, database, tenantsDir: layout.edge };
  return environmentOf(service.process, { ...facts, redisUrl: 'redis://127.0.0.1:1/0' });
}

async function run({ entry }: Service, env: ProcessEnv): Promise<{ code: number | null; stderr: string }> {
  const child = spawn(process.execPath, [entry], {
    cwd: ROOT,
    env: { NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE, ...env },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const [stderr, [code]] = await Promise.all([text(child.stderr), once(child, 'exit')]);
  return { code: code as number | null, stderr };
}

/** Each program once: the second app is the first one's twin. */
function unique(services: Service[]): Service[] {
  return services.filter((service, index) => services.findIndex(({ entry }) => entry === service.entry) === index);
}
