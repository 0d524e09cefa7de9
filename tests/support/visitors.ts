import type { TestEdge } from './edge.ts';
import { askEdge } from './ops.ts';

export type Visitors = {
  /** Ends it; what was asked for, and every answer that a visitor could not have used. */
  stop(): Promise<{ from: string; failures: string[] }>;
};

/**
 * Visits stores by these names without a pause, as their customers do, and follows where it is sent: each visit must end at
 * the store.
 */
export function startVisitors(edge: TestEdge, slugs: string[]): Visitors {
  const failures: string[] = [];
  const stopped = new AbortController();
  const visit = async (slug: string, hops = 0): Promise<void> => {
    const { status, headers } = await askEdge(edge, slug, '/tenant.json');
    if (status === 200) return;
    const next = status === 308 ? URL.parse(headers.location ?? '')?.hostname.split('.')[0] : undefined;
    if (next === undefined || hops > 3) throw new Error(`${slug} answered ${status}`);
    await visit(next, hops + 1);
  };
  const loops = slugs.map(async (slug) => {
    while (!stopped.signal.aborted)
      await visit(slug).catch((error: unknown) => {
        failures.push(error instanceof Error ? error.message : String(error));
      });
  });
  return {
    async stop() {
      stopped.abort();
      await Promise.all(loops);
      return { from: slugs.join(', '), failures };
    },
  };
}
