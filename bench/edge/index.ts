import type { Measure } from '../measure.ts';
import { measureAddedByEdge } from './added.ts';
import { measureBundle } from './bundle.ts';
import { measurePublications } from './publications.ts';

/** What publication costs with 5,000 stores present, and what the edge adds to a request. */
export async function run(say: (line: string) => void): Promise<Measure[]> {
  say('asking through the edge and beside it …');
  const added = await measureAddedByEdge();
  say('sending bundles to the agent …');
  const bundle = await measureBundle();
  return [...(await measurePublications(say)), added, bundle];
}
