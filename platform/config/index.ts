import type { z } from 'zod';
import { refuseHalfAlerts } from './alerts.ts';
import { ConfigError, readKeys, type Environment } from './read.ts';
import { KEYS, type Key } from './schema.ts';

export { ConfigError } from './read.ts';
export { KEYS, type Key } from './schema.ts';

const SERVICE = ['NODE_ENV', 'LOG_LEVEL', 'BIND_HOST', 'ENVIRONMENT_NAME'] as const;
const TOKENS = ['SECRET_KEY', 'PREVIOUS_SECRET_KEY', 'ALGORITHM', 'ACCESS_TOKEN_EXPIRE_MINUTES'] as const;

/** Which keys each process reads: the smallest set that lets it work, so a stolen env file opens the least. */
export const PROCESS_KEYS = {
  console: [
    ...SERVICE,
    'DATABASE_URL',
    'REDIS_URL',
    'SECRET_KEY',
    'STORE_URL_TEMPLATE',
    'BASE_DOMAIN',
    'CONSOLE_PORT',
    'CONSOLE_URL',
    'DNS_SERVERS',
  ],
  cli: ['NODE_ENV', 'LOG_LEVEL', 'DATABASE_URL', 'STORE_URL_TEMPLATE', 'BASE_DOMAIN', 'DNS_SERVERS'],
  auth: [...SERVICE, ...TOKENS, 'EDGE_AUTH_SECRET', 'STORE_URL_TEMPLATE', 'VERTICAL_URL', 'TENANTS_DIR', 'AUTH_PORT'],
  app: [...SERVICE, ...TOKENS, 'CORS_ORIGINS', 'DATABASE_URL', 'EDGE_AUTH_SECRET', 'STORE_URL_TEMPLATE', 'APP_PORT'],
  relay: [...SERVICE, 'DATABASE_URL', 'REDIS_URL', 'RELAY_PORT'],
  engines: [...SERVICE, 'DATABASE_URL', 'REDIS_URL', 'ENGINES_PORT'],
  ops: [
    ...SERVICE,
    'DATABASE_URL',
    'SSH_KEYS_DIR',
    'ARCHIVES_DIR',
    'STORE_URL_TEMPLATE',
    'BASE_DOMAIN',
    'EVENTS_RETENTION_DAYS',
    'EVENT_MARKS_RETENTION_DAYS',
    'ALERT_WEBHOOK_URL',
    'ALERT_WEBHOOK_SECRET',
    'ALERT_EMAIL_TO',
    'ALERT_EMAIL_FROM',
    'SMTP_URL',
    'CONSOLE_URL',
    'OPS_PORT',
  ],
  migrate: ['NODE_ENV', 'LOG_LEVEL', 'DATABASE_URL'],
} as const satisfies Record<string, readonly Key[]>;

export type ProcessName = keyof typeof PROCESS_KEYS;
export type Config<P extends ProcessName> = { [K in (typeof PROCESS_KEYS)[P][number]]: z.output<(typeof KEYS)[K]> };

/** The login roles of ops/droplet-3-infra/postgres/roles.sql that a process may use. */
type DatabaseRole = 'bc_console' | 'bc_app' | 'bc_relay' | 'bc_worker' | 'bc_migrate';

/** Whom each process is in PostgreSQL. */
export const DATABASE_ROLES: Partial<Record<ProcessName, DatabaseRole>> = {
  console: 'bc_console',
  cli: 'bc_console',
  ops: 'bc_console',
  app: 'bc_app',
  relay: 'bc_relay',
  engines: 'bc_worker',
  migrate: 'bc_migrate',
};

/**
 * The droplets' env files name hosts (`INFRA_HOST`, `VERTICAL_HOST`, `POSTGRES_PASSWORD`), the processes want URLs.
 * A URL given in full wins over the parts.
 */
function withUrlsFromHosts(name: ProcessName, env: Environment): Environment {
  const { INFRA_HOST: infra, VERTICAL_HOST: vertical, POSTGRES_PASSWORD: password } = env;
  const role = DATABASE_ROLES[name];
  const derived: Environment = {};
  if (infra && password && role)
    derived.DATABASE_URL = `postgresql://${role}:${encodeURIComponent(password)}@${infra}:5432/basecommerce`;
  if (infra) derived.REDIS_URL = `redis://${infra}:6379/0`;
  if (vertical) derived.VERTICAL_URL = `http://${vertical}:8000`;
  const given = Object.entries(env).filter(([, value]) => value !== undefined && value !== '');
  return { ...derived, ...Object.fromEntries(given) };
}

/** Reads and checks the environment of one process. Throws {@link ConfigError} naming all bad keys. */
export function loadConfig<P extends ProcessName>(name: P, environment: Environment = process.env): Config<P> {
  const schemas = Object.fromEntries(PROCESS_KEYS[name].map((key) => [key, KEYS[key]]));
  const config = readKeys(`${name} process`, schemas, withUrlsFromHosts(name, environment));
  refuseShortMarks(name, config);
  refuseHalfAlerts(`${name} process`, config);
  return config as Config<P>;
}

/** An event that is replayed after its mark was dropped would have its effect twice. */
function refuseShortMarks(name: ProcessName, { EVENTS_RETENTION_DAYS, EVENT_MARKS_RETENTION_DAYS }: Values): void {
  if (Number(EVENT_MARKS_RETENTION_DAYS) < Number(EVENTS_RETENTION_DAYS))
    throw new ConfigError(`${name} process`, [
      'EVENT_MARKS_RETENTION_DAYS: must not be less than EVENTS_RETENTION_DAYS',
    ]);
}

type Values = Partial<Record<Key, unknown>>;
