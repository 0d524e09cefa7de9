import type { Measure } from '../measure.ts';
import { measureAddedByEdge } from './added.ts';
import { measureBundle } from './bundle.ts';
import { measureManyStores } from './many-stores.ts';
import { measurePublications } from './publications.ts';

/**
 * What publication costs with 5,000 stores present, what the edge adds to a request, and what the console takes with
 * 10,000. Takes about five minutes.
 */
export async function run(say: (line: string) => void): Promise<Measure[]> {
  say('asking through the edge and beside it …');
  const added = await measureAddedByEdge();
  say('sending bundles to the agent …');
  const bundle = await measureBundle();
  return [...(await measurePublications(say)), added, bundle, ...(await measureManyStores(say))];
}
