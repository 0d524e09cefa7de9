import { startAgentOfEdge } from '#tests/support/agent.ts';
import { medianOf, type Measure } from '../measure.ts';

const STORES = 1000;
const ROUNDS = 5;

/** How long an edge's agent takes, over SSH, to replace the files of a thousand stores at once. */
export async function measureBundle(): Promise<Measure> {
  const agent = await startAgentOfEdge();
  try {
    const seconds: number[] = [];
    // The first round makes the files that the others replace.
    for (let round = 0; round <= ROUNDS; round++) {
      const stores = Array.from({ length: STORES }, (_, index) => ({
        slug: `store-${index}`,
        state: 'live' as const,
        fields: { round, filler: 'x'.repeat(300) },
      }));
      const startedAt = performance.now();
      await agent.put(...stores);
      if (round > 0) seconds.push((performance.now() - startedAt) / 1000);
    }
    return medianOf({ id: 'edge.bundle_1000_s', unit: 's', goal: '<= 2' }, seconds);
  } finally {
    await agent.stop();
  }
}
