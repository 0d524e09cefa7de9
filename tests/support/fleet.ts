import { setTimeout as pause } from 'node:timers/promises';
import { freePort } from './ports.ts';
import { spawnWorker, type WorkerProcess } from './worker-process.ts';

export type FleetSize = { relays: number; workers: number };

type Urls = { relay: string; worker: string; redis: string };

/** One process that is started again whenever it ends, as systemd would. */
export type Member = {
  name: string;
  /** 0 while it is down. */
  pid(): number;
  kill(): Promise<void>;
  freeze(): void;
  thaw(): void;
};

export type Fleet = { members: readonly Member[]; stop(): Promise<void> };

/** Before it is started again; without it a process that cannot start would keep the machine busy. */
const RESTART_AFTER_MS = 300;

export async function startFleet({ relays, workers }: FleetSize, urls: Urls): Promise<Fleet> {
  const stopping = new AbortController();
  const relay = (n: number) =>
    supervise(`relay ${n}`, 'workers/outbox-relay.ts', 'RELAY_PORT', { url: urls.relay, ...urls }, stopping.signal);
  const worker = (n: number) =>
    supervise(`worker ${n}`, 'workers/engines.ts', 'ENGINES_PORT', { url: urls.worker, ...urls }, stopping.signal);
  const supervised = await Promise.all([
    ...Array.from({ length: relays }, (_, n) => relay(n + 1)),
    ...Array.from({ length: workers }, (_, n) => worker(n + 1)),
  ]);
  return {
    members: supervised,
    async stop() {
      stopping.abort();
      await Promise.all(supervised.map((member) => member.ended()));
    },
  };
}

async function supervise(
  name: string,
  entry: string,
  portKey: string,
  { url, redis }: { url: string; redis: string },
  stopping: AbortSignal,
): Promise<Member & { ended(): Promise<void> }> {
  const port = await freePort();
  const env = { DATABASE_URL: url, REDIS_URL: redis, [portKey]: String(port) };
  const start = () => spawnWorker({ name, entry, env, port, signal: stopping });
  let current: WorkerProcess | undefined = await start();
  const run = async () => {
    while (!stopping.aborted) {
      await current?.gone;
      current = undefined;
      if (stopping.aborted) return;
      await pause(RESTART_AFTER_MS);
      // Without its database or its Redis it ends at once, says why, and is tried again.
      current = await start().catch(() => undefined);
    }
  };
  const running = run();
  const signal = (which: NodeJS.Signals) => current?.signal(which);
  return {
    name,
    pid: () => current?.pid ?? 0,
    kill: async () => {
      const victim = current;
      victim?.signal('SIGKILL');
      await victim?.gone;
    },
    freeze: () => signal('SIGSTOP'),
    thaw: () => signal('SIGCONT'),
    async ended() {
      signal('SIGCONT');
      signal('SIGKILL');
      await running;
      signal('SIGKILL');
    },
  };
}
