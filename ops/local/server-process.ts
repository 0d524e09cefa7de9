import { spawn, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import { findBinary } from './server-binaries.mjs';

export type Exit = { code: number | null; signal: NodeJS.Signals | null; lastLines: string[] };

export type ServerProcess = {
  pid: number;
  /** Resolves, never rejects, when the process is gone. */
  exited: Promise<Exit>;
  /** Sends the stop signal, and SIGKILL when that was not enough within 10 s. Resolves once the process is gone. */
  stop(): Promise<void>;
};

type ServerSpec = {
  name: string;
  command: string;
  args: string[];
  /** The line that says the server answers; without it the server counts as ready as soon as it runs. */
  readyLine?: RegExp;
  stopSignal?: 'SIGTERM' | 'SIGINT' | 'SIGQUIT';
  cwd?: string;
  env?: Record<string, string>;
  uid?: number;
  gid?: number;
  onLine?: (line: string) => void;
};

const STOP_TIMEOUT_MS = 10_000;
const READY_TIMEOUT_MS = 60_000;
const LAST_LINES_WITHIN_MS = 500;
const KEPT_LINES = 20;

/**
 * Starts a server as our child in a process group of its own, so that Ctrl-C reaches only us and we choose the order of
 * the end. Rejects with the server's last lines when it ends before it is ready.
 */
export async function startServer(spec: ServerSpec): Promise<ServerProcess> {
  const lastLines: string[] = [];
  const ready = Promise.withResolvers<void>();
  const child = spawnBoundToUs(spec);
  const exited = exitOf(child, lastLines);
  readLines(child, (line) => {
    lastLines.push(line);
    if (lastLines.length > KEPT_LINES) lastLines.shift();
    spec.onLine?.(line);
    if (spec.readyLine?.test(line)) ready.resolve();
  });
  if (!spec.readyLine) child.once('spawn', () => ready.resolve());
  const server = { pid: child.pid ?? 0, exited, stop: () => stop(child, exited, spec.stopSignal ?? 'SIGTERM') };
  await readyOrGone(spec.name, ready.promise, server);
  return server;
}

/** The kernel sends the stop signal if we are killed outright, so a `kill -9` of ours leaves no server behind. */
function spawnBoundToUs({ command, args, stopSignal = 'SIGTERM', ...options }: ServerSpec): ChildProcess {
  const setpriv = findBinary('setpriv');
  const [program, argv] = setpriv
    ? [setpriv, ['--pdeathsig', stopSignal.slice(3), '--', command, ...args]]
    : [command, args];
  const { cwd, env, uid, gid } = options;
  return spawn(program, argv, {
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(cwd !== undefined && { cwd }),
    ...(env !== undefined && { env }),
    ...(uid !== undefined && { uid }),
    ...(gid !== undefined && { gid }),
  });
}

function readLines(child: ChildProcess, onLine: (line: string) => void): void {
  for (const stream of [child.stdout, child.stderr]) if (stream) createInterface({ input: stream }).on('line', onLine);
}

function exitOf(child: ChildProcess, lastLines: string[]): Promise<Exit> {
  return new Promise((resolve) => {
    child.once('error', (error) => resolve({ code: null, signal: null, lastLines: [...lastLines, error.message] }));
    child.once('close', (code, signal) => resolve({ code, signal, lastLines }));
    // A grandchild that outlives the server may hold its output open, and 'close' would wait for it.
    child.once('exit', (code, signal) =>
      setTimeout(resolve, LAST_LINES_WITHIN_MS, { code, signal, lastLines }).unref(),
    );
  });
}

async function readyOrGone(name: string, ready: Promise<void>, server: ServerProcess): Promise<void> {
  const tooLate = Promise.withResolvers<never>();
  const timer = setTimeout(() => tooLate.reject(new Error(`${name} was not ready within 60 s`)), READY_TIMEOUT_MS);
  const gone = server.exited.then((exit) => {
    throw new Error([`${name} ended before it was ready.`, ...exit.lastLines].join('\n  '));
  });
  try {
    await Promise.race([ready, gone, tooLate.promise]);
  } catch (error) {
    await server.stop();
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

async function stop(child: ChildProcess, exited: Promise<Exit>, signal: NodeJS.Signals): Promise<void> {
  child.kill(signal);
  const timer = setTimeout(() => child.kill('SIGKILL'), STOP_TIMEOUT_MS);
  await exited;
  clearTimeout(timer);
}
