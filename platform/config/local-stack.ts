import { refuseHalfAlerts } from './alerts.ts';
import { readKeys, type Environment } from './read.ts';
import { KEYS, port } from './schema.ts';

/**
 * What a person may set before `npm start`: where the local stack listens, real servers to use instead of its own, whom its
 * alerts are told, and how much its processes say. All else that they read is decided by the stack.
 */
export const LOCAL_KEYS = {
  LOCAL_EDGE_PORT: port(8080),
  LOCAL_EDGE_TLS_PORT: port(8443),
  LOCAL_EDGE_STATUS_PORT: port(8081),
  LOCAL_SSHD_PORT: port(2222),
  LOCAL_POSTGRES_PORT: port(55_432),
  LOCAL_REDIS_PORT: port(56_379),
  CONSOLE_PORT: KEYS.CONSOLE_PORT,
  AUTH_PORT: KEYS.AUTH_PORT,
  APP_PORT: KEYS.APP_PORT,
  APP_2_PORT: port(8002),
  RELAY_PORT: KEYS.RELAY_PORT,
  ENGINES_PORT: KEYS.ENGINES_PORT,
  OPS_PORT: KEYS.OPS_PORT,
  /** A superuser's URL: the start makes the roles and the database with it, and hands each process its own role. */
  DATABASE_URL: KEYS.DATABASE_URL.optional(),
  REDIS_URL: KEYS.REDIS_URL.optional(),
  ALERT_WEBHOOK_URL: KEYS.ALERT_WEBHOOK_URL,
  ALERT_WEBHOOK_SECRET: KEYS.ALERT_WEBHOOK_SECRET,
  ALERT_EMAIL_TO: KEYS.ALERT_EMAIL_TO,
  ALERT_EMAIL_FROM: KEYS.ALERT_EMAIL_FROM,
  SMTP_URL: KEYS.SMTP_URL,
  LOG_LEVEL: KEYS.LOG_LEVEL,
} as const;

export type LocalSettings = ReturnType<typeof loadLocalSettings>;

/** Reads the settings of `npm start`. Throws ConfigError naming all bad keys. */
export function loadLocalSettings(environment: Environment = process.env) {
  const settings = readKeys('local stack', LOCAL_KEYS, environment);
  refuseHalfAlerts('local stack', settings);
  return settings;
}
