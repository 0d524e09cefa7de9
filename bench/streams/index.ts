import { medianOf, percentileOf, type Measure } from '../measure.ts';
import { measureHeldSnapshot } from './held-snapshot.ts';
import { measureNeighbours } from './neighbours.ts';
import { measurePage } from './page.ts';

/** The stream under what makes it slow: many stores, a store that floods it, and a snapshot that is held. Takes six minutes. */
export async function run(say: (line: string) => void): Promise<Measure[]> {
  say('reading the streams page with 10,000 stores …');
  const page = await measurePage();
  say('one store floods the others …');
  const { calm, flooded } = await measureNeighbours();
  say('holding a snapshot for three minutes …');
  const kept = await measureHeldSnapshot();
  return [
    percentileOf({ id: 'streams.page_10k_p95_ms', unit: 'ms', goal: '<= 300' }, 0.95, page),
    percentileOf({ id: 'streams.neighbour_calm_p95_ms', unit: 'ms', goal: '–' }, 0.95, calm),
    percentileOf({ id: 'streams.neighbour_flooded_p95_ms', unit: 'ms', goal: '<= 2 x calm' }, 0.95, flooded),
    medianOf({ id: 'streams.held_snapshot_rate_kept', unit: 'x', goal: '>= 0.8' }, [kept]),
  ];
}
