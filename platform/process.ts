import { ConfigError } from '#platform/config/index.ts';
import type { Logger } from '#platform/log/index.ts';
import { AppError, toError, Unavailable } from './errors.ts';

/** Anything with a life: ready when `start` resolved, gone when `stop` resolved. */
export type Running = { stop(): Promise<void> };

/** 78 = EX_CONFIG, 69 = EX_UNAVAILABLE of sysexits.h; a supervisor can tell "fix me" from "try again". */
const EXIT_CONFIG = 78;
const EXIT_UNAVAILABLE = 69;
const STOP_WITHIN_MS = 10_000;
/** By then a started process has loaded what its first round of work needs: connections, streams, first rows. */
const SETTLED_AFTER_MS = 5000;

/**
 * The life of a long-lived process: start, serve until SIGTERM or SIGINT, stop within 10 s. A start that cannot succeed
 * (bad configuration, a dependency that does not answer) is one clear line on standard error and a true exit code,
 * never a stack trace.
 */
export async function runProcess(start: () => Promise<Running>, log: () => Logger): Promise<void> {
  let running: Running;
  try {
    running = await start();
  } catch (error) {
    exitWithReason(error);
  }
  setTimeout(giveBackStartUpGarbage, SETTLED_AFTER_MS).unref();
  let stopping = false;
  const stop = (signal: string) => {
    if (stopping) return;
    stopping = true;
    log().info({ signal }, 'stopping');
    setTimeout(() => {
      log().error({}, 'did not stop in time, exiting anyway');
      process.exit(1);
    }, STOP_WITHIN_MS).unref();
    running.stop().then(
      () => process.exit(0),
      (error: unknown) => {
        log().error({ err: error }, 'stopping failed');
        process.exit(1);
      },
    );
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
}

/**
 * Loading the modules and the first work leave some 10 MB that V8 would keep until its heap is full, which it hardly ever
 * is. Only with `--expose-gc`, as npm start and the images run every process.
 */
function giveBackStartUpGarbage(): void {
  globalThis.gc?.({ type: 'major', execution: 'sync', flavor: 'last-resort' });
}

/** The life of a command: run, then exit with 0, or say what went wrong and exit with a true code. */
export async function runOnce(command: () => Promise<void>): Promise<void> {
  try {
    await command();
  } catch (error) {
    exitWithReason(error);
  }
}

/** Connection codes that mean "the other side is not there", by the driver that throws them. */
const UNREACHABLE = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EHOSTUNREACH',
  'ETIMEDOUT',
  'ECONNRESET',
  '57P03',
  '28P01',
  '3D000',
]);

function exitWithReason(thrown: unknown): never {
  const error = toError(thrown);
  const code = (error as NodeJS.ErrnoException).code;
  process.stderr.write(`${reasonOf(error, code)}\n`);
  process.exit(exitCodeOf(error));
}

/** What a start that ended with this error exits with. */
export function exitCodeOf(error: Error): number {
  if (error instanceof ConfigError) return EXIT_CONFIG;
  const { code } = error as NodeJS.ErrnoException;
  const isAway = error instanceof Unavailable || (code !== undefined && UNREACHABLE.has(code));
  return isAway ? EXIT_UNAVAILABLE : 1;
}

function reasonOf(error: Error, code: string | undefined): string {
  if (error instanceof ConfigError || error instanceof AppError) return error.message;
  if (error instanceof AggregateError) return error.errors.map((e) => toError(e).message).join('; ');
  return code === undefined ? error.message : `${error.message} (${code})`;
}
