import { readFile } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { addManyTenants } from '#tests/support/many-tenants.ts';
import { asSuperuser, onFreshPlatform } from '../fresh-platform.ts';
import { signInToConsole } from '../foundation/console-session.ts';
import { percentileOf, type Measure } from '../measure.ts';
import { expectStatus, type WebClient } from '../web-client.ts';

const STORES = 10_000;
const ROUNDS = 3;
const PAGES_DEEP = 5;
const SAMPLE_EVERY_MS = 100;

const LISTS = [
  ...['created', 'name', 'slug', 'status', 'activity'].map((sort) => `sort=${sort}`),
  'status=suspended',
  'plan=premium',
  'proof=failing',
  'proof=unconfirmed',
  'proof=served&sort=name',
];
/** Words, parts of an address, what has an accent and what has none, one letter, and what nobody has. */
const SEARCHES = ['são joão', 'loja-77', 'deposito', 'Construções 12', '9', 'sao joao 4242', 'nobody here'];

type Say = (line: string) => void;

/** What the console takes with 10,000 stores present: its list and search, whole pages over loopback, and its memory. */
export async function measureManyStores(say: Say): Promise<Measure[]> {
  return onFreshPlatform(async (platform) => {
    say(`adding ${STORES} stores …`);
    await asSuperuser(platform, (query) => addManyTenants({ asSuperuser: query }, STORES));
    const { ops, console: pid } = await platform.pids();
    // The stores are in the database alone: the worker would find them nowhere, and work on that.
    process.kill(ops!, 'SIGSTOP');
    try {
      const operator = await signInToConsole(platform);
      return await measureConsole(operator, pid!, say);
    } finally {
      process.kill(ops!, 'SIGCONT');
    }
  });
}

async function measureConsole(operator: WebClient, pid: number, say: Say): Promise<Measure[]> {
  const memory = watchMemory(pid);
  say('reading lists and searching …');
  const list = await inRounds(() => readLists(operator));
  const search = await inRounds(() => readSearches(operator));
  say('exporting, planning for all of them …');
  await readWhatIsLarge(operator);
  const mostMb = await memory.stop();
  operator.close();
  return [
    percentileOf({ id: 'tenants.list_p95_ms', unit: 'ms', goal: '<= 150' }, 0.95, list),
    percentileOf({ id: 'tenants.search_p95_ms', unit: 'ms', goal: '<= 150' }, 0.95, search),
    percentileOf({ id: 'console.memory_10k_mb', unit: 'MB', goal: '<= 150' }, 1, [mostMb]),
  ];
}

/** After one round to warm up. */
async function inRounds(read: () => Promise<number[]>): Promise<number[][]> {
  await read();
  const rounds: number[][] = [];
  for (let round = 0; round < ROUNDS; round++) rounds.push(await read());
  return rounds;
}

/** Every order and filter, some pages deep. */
async function readLists(operator: WebClient): Promise<number[]> {
  const samples: number[] = [];
  for (const query of LISTS) {
    let page: string | undefined = `/tenants?${query}`;
    for (let depth = 0; page !== undefined && depth < PAGES_DEEP; depth++) {
      const { ms, body } = await timed(operator, page);
      samples.push(ms);
      page = /href="([^"]+)" rel="next"/.exec(body)?.[1]?.replaceAll('&amp;', '&');
    }
  }
  return samples;
}

async function readSearches(operator: WebClient): Promise<number[]> {
  const samples: number[] = [];
  for (const words of SEARCHES)
    samples.push((await timed(operator, `/tenants?${new URLSearchParams({ q: words }).toString()}`)).ms);
  return samples;
}

async function timed(operator: WebClient, page: string): Promise<{ ms: number; body: string }> {
  const startedMs = performance.now();
  const { body } = expectStatus(await operator.get(page), 200, page);
  return { ms: performance.now() - startedMs, body };
}

/** All stores at once: as a table, as a plan of what would change, and what the edges were not given. */
async function readWhatIsLarge(operator: WebClient): Promise<void> {
  for (const page of ['/', '/tenants.csv', '/edge', '/edge/stores', '/edge/plan', '/edge/drift'])
    expectStatus(await operator.get(page), 200, page);
  await operator.get('/tenants');
  const choice = { action: 'suspend', all: '1', status: 'live' };
  const { location } = expectStatus(await operator.post('/tenants/bulk-actions', choice), 303, 'planning for all');
  expectStatus(await operator.get(location!), 200, 'the plan');
}

/** Resident memory of a process in MB, until it is stopped. */
function watchMemory(pid: number): { stop(): Promise<number[]> } {
  const samples: number[] = [];
  const stopped = new AbortController();
  const watching = (async () => {
    while (!stopped.signal.aborted) {
      const status = await readFile(`/proc/${pid}/status`, 'utf8');
      samples.push(Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1]) / 1024);
      await pause(SAMPLE_EVERY_MS);
    }
  })();
  return {
    async stop() {
      stopped.abort();
      await watching;
      return samples;
    },
  };
}
