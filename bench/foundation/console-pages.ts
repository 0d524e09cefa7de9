import type { SpawnedPlatform } from '#tests/support/platform.ts';
import { percentileOf, type Measure } from '../measure.ts';
import { signInToConsole } from './console-session.ts';

const PAGES = ['/', '/tenants', '/tenants/present-7', '/streams', '/jobs', '/droplets', '/audit', '/operators'];
const ROUNDS = 3;
const PER_ROUND = 20;

/** Time to the last byte of whole pages over loopback, one at a time, after one visit of each to warm up. */
export async function measureConsolePages(platform: SpawnedPlatform): Promise<Measure> {
  const visit = await signInToConsole(platform);
  for (const page of PAGES) await visit(page);
  const rounds: number[][] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const samples: number[] = [];
    for (let index = 0; index < PER_ROUND; index++)
      for (const page of PAGES) {
        const startedAt = performance.now();
        await visit(page);
        samples.push(performance.now() - startedAt);
      }
    rounds.push(samples);
  }
  return percentileOf({ id: 'console.pages_p95_ms', unit: 'ms', goal: '<= 150' }, 0.95, rounds);
}
