import { setTimeout as pause } from 'node:timers/promises';
import { join } from 'node:path';
import { ROOT } from './layout.ts';
import type { ProcessEnv } from './process-env.ts';
import { startServer, type ServerProcess } from './server-process.ts';

/**
 * V8 sizes its heap for the whole host; the first two hold a process to its budget at the same throughput, and
 * --optimize-for-size lets the heap grow in small steps. With --expose-gc platform/process.ts gives back what loading the
 * modules left behind. Maglev alone of V8's compilers stays: the others are resident and hardly make ours faster.
 */
const MEMORY_FLAGS = [
  '--max-old-space-size=128',
  '--max-semi-space-size=2',
  '--expose-gc',
  '--optimize-for-size',
  '--no-opt',
  '--no-sparkplug',
];

/**
 * For the two processes that every event passes: with a young generation of 2 MB they spent a third of their time collecting
 * it, and --optimize-for-size keeps it small whatever the other flag says.
 */
const BUSY_FLAGS = ['--max-old-space-size=128', '--max-semi-space-size=8', '--expose-gc', '--no-opt', '--no-sparkplug'];
const BUSY_ENTRIES = ['workers/outbox-relay.ts', 'workers/engines.ts'];

/** The flags of Node for one of the platform's processes, named by its entry file. */
export function memoryFlagsOf(entry: string): readonly string[] {
  return BUSY_ENTRIES.includes(entry) ? BUSY_FLAGS : MEMORY_FLAGS;
}

/** V8 takes no code from a cache that was filled under other flags, so the two sets of flags have a folder each. */
export function compileCacheOf(folder: string, entry: string): string {
  return BUSY_ENTRIES.includes(entry) ? join(folder, 'busy') : folder;
}
const READY_WITHIN_MS = 60_000;
const ANSWER_WITHIN_MS = 2000;
const LOOK_AGAIN_MS = 50;

type Options = {
  name: string;
  /** Path of the entry file from the root of the checkout. */
  entry: string;
  port: number;
  env: ProcessEnv;
  compileCache: string;
  /** Gives up, and ends the process, when it is not ready yet. */
  signal?: AbortSignal;
  onLine?: (line: string) => void;
};

/** Starts one of the platform's processes. Resolves when it says it is ready; rejects with its last lines when it ends. */
export async function startNodeProcess(options: Options): Promise<ServerProcess> {
  const { name, entry, port, env, compileCache, signal, onLine } = options;
  const server = await startServer({
    name,
    command: process.execPath,
    args: [...memoryFlagsOf(entry), entry],
    cwd: ROOT,
    // One arena: glibc would keep one for each thread of Node's pools, most of it unused. No pad: with its thresholds fixed it
    // gives back large blocks.
    env: {
      ...env,
      NODE_COMPILE_CACHE: compileCacheOf(compileCache, entry),
      MALLOC_ARENA_MAX: '1',
      MALLOC_TOP_PAD_: '0',
    },
    ...(onLine && { onLine }),
  });
  const ended = new AbortController();
  void server.exited.then(({ lastLines }) =>
    ended.abort(new Error([`${name} ended before it was ready.`, ...lastLines].join('\n  '))),
  );
  try {
    await untilReady(name, port, signal ? AbortSignal.any([ended.signal, signal]) : ended.signal);
    return server;
  } catch (error) {
    await server.stop();
    throw error;
  }
}

async function untilReady(name: string, port: number, givenUp: AbortSignal): Promise<void> {
  const deadline = performance.now() + READY_WITHIN_MS;
  for (;;) {
    givenUp.throwIfAborted();
    const signal = AbortSignal.timeout(ANSWER_WITHIN_MS);
    const answer = await fetch(`http://127.0.0.1:${port}/ready`, { signal }).catch(() => undefined);
    await answer?.body?.cancel();
    if (answer?.ok) return;
    if (performance.now() > deadline) throw new Error(`${name} was not ready within 60 s; its log says why`);
    await pause(LOOK_AGAIN_MS);
  }
}
