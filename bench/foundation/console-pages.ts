import { percentileOf, type Measure } from '../measure.ts';
import { expectStatus, type WebClient } from '../web-client.ts';

/** Every kind of page that an operator opens. */
export const PAGES = ['/', '/tenants', '/tenants/present-7', '/streams', '/jobs', '/droplets', '/audit', '/operators'];
const ROUNDS = 3;
const PER_ROUND = 20;

/** Time to the last byte of whole pages over loopback, one at a time, after one visit of each to warm up. */
export async function measureConsolePages(client: WebClient): Promise<Measure> {
  const visit = async (page: string) => expectStatus(await client.get(page), 200, page);
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
