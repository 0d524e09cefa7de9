import { readFile } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import type { SpawnedPlatform } from '#tests/support/spawned-platform.ts';
import { medianOf, type Measure } from '../measure.ts';

/** Resident memory that each process may have, in MB: at rest and under load. */
const BUDGET: Record<string, [rest: number, load: number]> = {
  edge: [50, 50],
  auth: [90, 100],
  app: [90, 150],
  'app-2': [90, 150],
  relay: [80, 100],
  engines: [80, 150],
  ops: [90, 150],
  console: [100, 150],
};

const SETTLE_MS = 5000;
const SAMPLES = 10;
const EVERY_MS = 500;

/** Memory of a platform that has started and was left alone. */
export async function memoryAtRest(platform: SpawnedPlatform): Promise<Measure[]> {
  await pause(SETTLE_MS);
  const samples: Record<string, number>[] = [];
  for (let index = 0; index < SAMPLES; index++) {
    samples.push(await residentMb(platform));
    await pause(EVERY_MS);
  }
  return measuresOf(samples, 'rest', 0);
}

/** Memory while `load` runs: the highest value seen counts, so the value is the maximum. */
export async function memoryUnderLoad(platform: SpawnedPlatform, load: () => Promise<void>): Promise<Measure[]> {
  const samples: Record<string, number>[] = [];
  const loaded = new AbortController();
  const sampling = (async () => {
    while (!loaded.signal.aborted) {
      samples.push(await residentMb(platform));
      await pause(EVERY_MS);
    }
  })();
  await load();
  loaded.abort();
  await sampling;
  return measuresOf(samples, 'load', 1).map((measure) => ({ ...measure, value: measure.spread[1] }));
}

function measuresOf(samples: Record<string, number>[], phase: 'rest' | 'load', budget: 0 | 1): Measure[] {
  return Object.entries(BUDGET).map(([name, limits]) =>
    medianOf(
      { id: `memory.${name}.${phase}_mb`, unit: 'MB', goal: `<= ${limits[budget]}` },
      samples.map((sample) => sample[name] ?? Number.NaN),
    ),
  );
}

async function residentMb(platform: SpawnedPlatform): Promise<Record<string, number>> {
  const pids = await platform.pids();
  const names = Object.keys(BUDGET);
  return Object.fromEntries(await Promise.all(names.map(async (name) => [name, await familyMb(pids[name]!)] as const)));
}

/** A process with its children (nginx has workers): proportional set size, so that shared pages count once. */
async function familyMb(pid: number): Promise<number> {
  const children = (await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8')).trim().split(' ').filter(Boolean);
  if (children.length === 0) return statusMb(pid);
  const shares = await Promise.all([pid, ...children.map(Number)].map(proportionalMb));
  return shares.reduce((sum, share) => sum + share, 0);
}

async function statusMb(pid: number): Promise<number> {
  return kilobytes(await readFile(`/proc/${pid}/status`, 'utf8'), 'VmRSS') / 1024;
}

async function proportionalMb(pid: number): Promise<number> {
  return kilobytes(await readFile(`/proc/${pid}/smaps_rollup`, 'utf8'), 'Pss') / 1024;
}

function kilobytes(text: string, key: string): number {
  return Number(new RegExp(`^${key}:\\s+(\\d+) kB`, 'm').exec(text)?.[1]);
}
