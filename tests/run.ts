import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { untilNpmIsGone } from '#ops/local/launcher.ts';
import { startTestServers } from './support/servers.ts';
import { TEST_STACK_VARIABLE } from './support/stack.ts';
import type { Tally } from './support/reporter.ts';

const MOCHA = fileURLToPath(new URL('../node_modules/mocha/bin/mocha.js', import.meta.url));
const REPORTER = fileURLToPath(new URL('./support/reporter.ts', import.meta.url));
const CACHE = fileURLToPath(new URL('../node_modules/.cache/compile', import.meta.url));

// Not in .mocharc.json: mocha would add it to the files named on the command line.
const EVERY_TEST = 'tests/**/*.test.ts';

const stopping = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => stopping.abort());
void untilNpmIsGone().then(() => stopping.abort());

process.exitCode = await main(process.argv.slice(2));

async function main(args: string[]): Promise<number> {
  const servers = await startTestServers();
  try {
    if (stopping.signal.aborted) return 1;
    const { code, tally } = await runMocha(args, JSON.stringify(servers.stack));
    await servers.stop();
    process.stdout.write(`${tally.passes} passed, ${tally.failures} failed\n`);
    return code;
  } finally {
    await servers.stop();
  }
}

async function runMocha(args: string[], stack: string): Promise<{ code: number; tally: Tally }> {
  const env = { ...process.env, NODE_ENV: 'test', NODE_COMPILE_CACHE: CACHE, [TEST_STACK_VARIABLE]: stack };
  const files = args.some((arg) => arg.includes('tests/')) ? [] : [EVERY_TEST];
  const mocha = spawn(process.execPath, [MOCHA, '--reporter', REPORTER, ...args, ...files], {
    env,
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const tally: Tally = { passes: 0, failures: 0 };
  mocha.on('message', (message) => Object.assign(tally, message));
  const release = stopWithUs(mocha);
  const [code] = (await once(mocha, 'exit')) as [number | null];
  release();
  return { code: code ?? 1, tally };
}

/** The first Ctrl-C lets mocha finish its hooks; one that does not is killed, since our servers must stop too. */
function stopWithUs(mocha: ChildProcess): () => void {
  let timer: NodeJS.Timeout | undefined;
  const stop = () => {
    mocha.kill('SIGINT');
    timer = setTimeout(() => mocha.kill('SIGKILL'), 5000);
  };
  stopping.signal.addEventListener('abort', stop);
  return () => {
    stopping.signal.removeEventListener('abort', stop);
    clearTimeout(timer);
  };
}
