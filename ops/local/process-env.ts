import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DATABASE_ROLES, PROCESS_KEYS, type Key, type ProcessName } from '#platform/config/index.ts';
import type { LocalSettings } from '#platform/config/local-stack.ts';
import type { Layout } from './layout.ts';
import type { DatabaseAddress } from './roles.ts';
import type { Secrets } from './secrets.ts';

type Facts = {
  settings: LocalSettings;
  secrets: Secrets;
  layout: Layout;
  database: DatabaseAddress;
  redisUrl: string;
  tenantsDir: string;
};

export type ProcessEnv = Record<string, string>;

/** Exactly the keys this process reads, so that it never comes to lean on one it would lack on its droplet. */
export function environmentOf(name: ProcessName, facts: Facts): ProcessEnv {
  const values = valuesFor(name, facts);
  const given = PROCESS_KEYS[name].flatMap((key) => {
    const value = values[key];
    return value === undefined ? [] : [[key, value] as const];
  });
  return Object.fromEntries(given);
}

function valuesFor(
  name: ProcessName,
  { settings, secrets, layout, database, ...facts }: Facts,
): Partial<Record<Key, string | undefined>> {
  const role = DATABASE_ROLES[name];
  const edge = `localhost:${settings.LOCAL_EDGE_PORT}`;
  return {
    NODE_ENV: 'production',
    LOG_LEVEL: settings.LOG_LEVEL,
    BIND_HOST: '127.0.0.1',
    ENVIRONMENT_NAME: 'local',
    ...(role && { DATABASE_URL: database.url(role) }),
    REDIS_URL: facts.redisUrl,
    // Operators' sessions and stores' tokens must not open with one key.
    SECRET_KEY: name === 'console' ? secrets.consoleKey : secrets.storeKey,
    ALGORITHM: 'HS256',
    EDGE_AUTH_SECRET: secrets.edgeAuth,
    BASE_DOMAIN: 'localhost',
    STORE_URL_TEMPLATE: `http://{slug}.${edge}`,
    CORS_ORIGINS: '',
    VERTICAL_URL: `http://127.0.0.1:${settings.APP_PORT}`,
    TENANTS_DIR: facts.tenantsDir,
    SSH_KEYS_DIR: layout.sshKeys,
    ARCHIVES_DIR: layout.archives,
    ALERT_WEBHOOK_URL: settings.ALERT_WEBHOOK_URL,
    ALERT_WEBHOOK_SECRET: settings.ALERT_WEBHOOK_SECRET,
    ALERT_EMAIL_TO: settings.ALERT_EMAIL_TO.join(',') || undefined,
    ALERT_EMAIL_FROM: settings.ALERT_EMAIL_FROM,
    SMTP_URL: settings.SMTP_URL,
    CONSOLE_URL: `http://127.0.0.1:${settings.CONSOLE_PORT}`,
    CONSOLE_PORT: String(settings.CONSOLE_PORT),
    AUTH_PORT: String(settings.AUTH_PORT),
    APP_PORT: String(settings.APP_PORT),
    RELAY_PORT: String(settings.RELAY_PORT),
    ENGINES_PORT: String(settings.ENGINES_PORT),
    OPS_PORT: String(settings.OPS_PORT),
  };
}

/** Writes `<name>.env` for a person, or for `npm run bc` and `npm run migrate`, to read. */
export async function writeEnvFile(dir: string, name: string, env: ProcessEnv): Promise<void> {
  await mkdir(dir, { recursive: true, mode: 0o700 });
  const lines = Object.entries(env).map(([key, value]) => `${key}=${JSON.stringify(value)}\n`);
  await writeFile(join(dir, `${name}.env`), lines.join(''), { mode: 0o600 });
}
