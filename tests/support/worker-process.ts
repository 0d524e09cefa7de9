import { startNodeProcess } from '#ops/local/node-process.ts';

export type WorkerProcess = {
  pid: number;
  port: number;
  /** Resolves with the exit code once it has ended, for whatever reason. */
  gone: Promise<number | null>;
  /** Does nothing when the process is gone. */
  signal(which: NodeJS.Signals): void;
  /** kill -9; resolves when it is gone. */
  kill(): Promise<void>;
  /** SIGTERM; resolves with the exit code. */
  stop(): Promise<number | null>;
};

type Options = {
  name: string;
  entry: string;
  env: Record<string, string>;
  port: number;
  /** Gives up a start that is not ready yet. */
  signal?: AbortSignal;
};

/** Starts one of the background processes for a test. Resolves when it is ready. */
export async function spawnWorker({ name, entry, env, port, signal }: Options): Promise<WorkerProcess> {
  const server = await startNodeProcess({
    name,
    entry,
    port,
    env: { PATH: process.env.PATH ?? '', NODE_ENV: 'test', LOG_LEVEL: 'info', ...env },
    compileCache: process.env.NODE_COMPILE_CACHE ?? '',
    signal: signal ?? new AbortController().signal,
    ...(process.env.SHOW_WORKERS && { onLine: (line: string) => process.stderr.write(`${name}: ${line}\n`) }),
  });
  const gone = server.exited.then(({ code }) => code);
  const send = (which: NodeJS.Signals) => {
    try {
      process.kill(server.pid, which);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
    }
  };
  return {
    pid: server.pid,
    port,
    gone,
    signal: send,
    async kill() {
      send('SIGKILL');
      await gone;
    },
    async stop() {
      send('SIGTERM');
      return gone;
    },
  };
}
