import { z } from 'zod';

const wholeNumber = (from: number, to: number, error: string) =>
  z.coerce.number({ error }).int({ error }).min(from, { error }).max(to, { error });
/** A TCP port, `fallback` when none is given. */
export const port = (fallback: number) => wholeNumber(1, 65_535, 'must be a port from 1 to 65535').default(fallback);
/** Whole days. */
const days = (fallback: number) => wholeNumber(1, 3650, 'must be days from 1 to 3650').default(fallback);
const url = (protocols: RegExp, example: string) =>
  z.string().refine((value) => URL.canParse(value) && protocols.test(new URL(value).protocol), {
    error: `must be a URL like ${example}`,
  });
const secret = z
  .string()
  .refine((value) => Buffer.byteLength(value) >= 32, { error: 'must be at least 32 bytes long' });

const list = z
  .string()
  .default('')
  .transform((text) =>
    text
      .split(',')
      .map((item) => item.trim())
      .filter(Boolean),
  );

/**
 * Every environment variable the platform reads, once. A process picks the keys it needs (`PROCESS_KEYS` in index.ts).
 * The description is what docs/configuration.md must explain; a test compares the two.
 */
export const KEYS = {
  NODE_ENV: z
    .enum(['production', 'development', 'test'], { error: 'must be production, development or test' })
    .default('production'),
  LOG_LEVEL: z
    .enum(['debug', 'info', 'warn', 'error', 'silent'], { error: 'must be debug, info, warn, error or silent' })
    .default('info'),
  BIND_HOST: z.string().min(1).default('127.0.0.1'),
  DATABASE_URL: url(/^postgres(ql)?:$/, 'postgresql://role:password@10.0.0.3:5432/basecommerce'),
  REDIS_URL: url(/^rediss?:$/, 'redis://10.0.0.3:6379/0'),
  SECRET_KEY: secret,
  PREVIOUS_SECRET_KEY: secret.optional(),
  ALGORITHM: z.literal('HS256', { error: 'must be HS256' }).default('HS256'),
  ACCESS_TOKEN_EXPIRE_MINUTES: wholeNumber(5, 43_200, 'must be minutes from 5 to 43200').default(1440),
  CORS_ORIGINS: list,
  EDGE_AUTH_SECRET: secret,
  BASE_DOMAIN: z
    .string()
    .regex(/^[a-z0-9-]+(\.[a-z0-9-]+)*$/, { error: 'must be a host name like basecommerce.com.br' })
    .default('localhost'),
  STORE_URL_TEMPLATE: z
    .string()
    .refine((text) => text.includes('{slug}') && URL.canParse(text.replace('{slug}', 'demo')), {
      error: 'must be a URL holding {slug}, like https://{slug}.basecommerce.com.br',
    })
    .default('http://{slug}.localhost:8080'),
  VERTICAL_URL: url(/^https?:$/, 'http://10.0.0.2:8000'),
  TENANTS_DIR: z.string().min(1),
  SSH_KEYS_DIR: z.string().min(1),
  ARCHIVES_DIR: z.string().min(1).default('/var/lib/basecommerce/archives'),
  DNS_SERVERS: list.refine(
    (servers) => servers.every((server) => /^[\d.]+(:\d{1,5})?$|^[\da-f:]+$|^\[[\da-f:]+\](:\d{1,5})?$/i.test(server)),
    {
      error: 'must be IP addresses like 1.1.1.1 or 10.0.0.1:5353, separated by commas',
    },
  ),
  ALERT_WEBHOOK_URL: url(/^https?:$/, 'https://hooks.example.com/alerts').optional(),
  ALERT_WEBHOOK_SECRET: secret.optional(),
  ALERT_EMAIL_TO: list,
  ALERT_EMAIL_FROM: z.email({ error: 'must be an address like alerts@example.com' }).optional(),
  SMTP_URL: url(/^smtps?:$/, 'smtps://user:password@mail.example.com').optional(),
  EVENTS_RETENTION_DAYS: days(30),
  EVENT_MARKS_RETENTION_DAYS: days(30),
  CONSOLE_PORT: port(9000),
  CONSOLE_URL: url(/^https?:$/, 'https://console.example.com').default('http://127.0.0.1:9000'),
  AUTH_PORT: port(8001),
  APP_PORT: port(8000),
  RELAY_PORT: port(9101),
  ENGINES_PORT: port(9102),
  OPS_PORT: port(9103),
  ENVIRONMENT_NAME: z.string().min(1).max(30, { error: 'must be at most 30 characters long' }).default('local'),
} as const;

export type Key = keyof typeof KEYS;
