import { z } from 'zod';
import { ConfigError, type Environment } from './index.ts';

const port = (fallback: number) => z.coerce.number().int().min(1).max(65535).default(fallback);
const url = (protocols: RegExp) =>
  z.string().refine((value) => URL.canParse(value) && protocols.test(new URL(value).protocol), {
    error: 'must be a URL like the ones in docs/configuration.md',
  });

/** What a person may set before `npm start`: where the local stack listens, and real servers to use instead of its own. */
export const LOCAL_KEYS = {
  LOCAL_EDGE_PORT: port(8080),
  LOCAL_SSHD_PORT: port(2222),
  LOCAL_POSTGRES_PORT: port(55_432),
  LOCAL_REDIS_PORT: port(56_379),
  CONSOLE_PORT: port(9000),
  AUTH_PORT: port(8001),
  APP_PORT: port(8000),
  APP_2_PORT: port(8002),
  RELAY_PORT: port(9101),
  ENGINES_PORT: port(9102),
  OPS_PORT: port(9103),
  /** A superuser's URL: the start makes the roles and the database with it, and hands each process its own role. */
  DATABASE_URL: url(/^postgres(ql)?:$/).optional(),
  REDIS_URL: url(/^rediss?:$/).optional(),
} as const;

export type LocalSettings = { [K in keyof typeof LOCAL_KEYS]: z.output<(typeof LOCAL_KEYS)[K]> };

/** Reads the settings of `npm start`. Throws {@link ConfigError} naming all bad keys. */
export function loadLocalSettings(environment: Environment = process.env): LocalSettings {
  const settings: Record<string, unknown> = {};
  const problems: string[] = [];
  for (const [key, schema] of Object.entries(LOCAL_KEYS)) {
    const parsed = schema.safeParse(environment[key] || undefined);
    if (parsed.success) settings[key] = parsed.data;
    else problems.push(`${key}: ${parsed.error.issues[0]!.message}`);
  }
  if (problems.length > 0) throw new ConfigError('local stack', problems);
  return settings as LocalSettings;
}
