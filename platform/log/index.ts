import { pino, stdSerializers } from 'pino';

export type Logger = {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
  child(fields: object): Logger;
};

/** Keys that may hold a secret at any depth we log. A value under one of them is never written. */
const SECRET_PATHS = [
  'password',
  'token',
  'secret',
  'authorization',
  'cookie',
  '*.password',
  '*.token',
  '*.secret',
  '*.authorization',
  '*.cookie',
];

/**
 * The process's structured log on standard output, one JSON object a line. `error` = an operator must look; `warn` = it
 * healed or will be retried; `info` = a change of state; `debug` = off by default.
 */
export function createLogger(process: string, level: string): Logger {
  const redact = { paths: SECRET_PATHS, censor: '[secret]' };
  return pino({ level, base: { process }, redact, serializers: { err: describeError } });
}

/** What says where a failure is. Numbers and names of things, never what people typed. */
const FACTS = ['code', 'syscall', 'address', 'port', 'status', 'level', 'constraint', 'table', 'column'] as const;

/**
 * Only what we know to be harmless of what libraries hang on an error: PostgreSQL adds the row it refused, with the
 * password's hash in it, and Redis the command that failed, which may be the one that signs in.
 */
function describeError(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const { type, message, stack } = stdSerializers.err(error);
  const given = FACTS.filter((fact) => fact in error).map((fact) => [fact, (error as Partial<Facts>)[fact]]);
  const parts = error instanceof AggregateError && { errors: error.errors.map(describeError) };
  return { type, message, stack, ...Object.fromEntries(given), ...parts };
}

type Facts = Record<(typeof FACTS)[number], unknown>;

/** For tests and for code that runs before the configuration is read. */
export const silentLogger: Logger = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  child: () => silentLogger,
};
