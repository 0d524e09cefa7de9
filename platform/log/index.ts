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
  return pino({ level, base: { process }, redact, serializers: { err: withoutRows } });
}

/** PostgreSQL explains a refused row by printing it, with the password's hash and the customer's tax number in it. */
function withoutRows(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const { detail: _row, where: _values, ...rest } = stdSerializers.err(error) as unknown as Record<string, unknown>;
  return rest;
}

/** For tests and for code that runs before the configuration is read. */
export const silentLogger: Logger = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  child: () => silentLogger,
};
