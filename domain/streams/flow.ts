import type { StageSample } from './listings.ts';
import { RELAY_STAGE, type Reading } from './readings.ts';
import type { Sample, SampleWindow } from './window.ts';

type Counted = Pick<Sample, 'at' | 'published' | 'processed' | 'backlog'> & { group: string; shard: number };

/**
 * The readings of the whole way, from commit to effect: in is what stores committed, out is what took effect, and what waits is
 * what waits at any stage. Samples of one moment were taken together.
 */
export function flowWindow(relay: Reading, stages: readonly Reading[], samples: readonly StageSample[]): SampleWindow {
  const groups = new Set(stages.map(({ group }) => group));
  const mine = samples.filter(({ at, group }) => at < relay.at && (group === RELAY_STAGE || groups.has(group)));
  const moments: Counted[][] = [...Map.groupBy(mine, ({ at }) => at.getTime()).values(), [relay, ...stages]];
  return moments.map(toFlow);
}

function toFlow(together: readonly Counted[]): Sample {
  const sum = (rows: readonly Counted[], key: 'published' | 'processed' | 'backlog') =>
    rows.reduce((total, row) => total + row[key], 0);
  const isRelay = ({ group }: Counted) => group === RELAY_STAGE;
  return {
    at: together[0]!.at,
    published: sum(together.filter(isRelay), 'published'),
    processed: sum(
      together.filter((row) => !isRelay(row)),
      'processed',
    ),
    backlog: sum(together, 'backlog'),
    oldestAgeMs: undefined,
  };
}
