import type { Fact } from '#domain/events/index.ts';

/** Facts that may be applied together: of one tenant and one type. */
type Wave = { type: string; facts: Fact[] };

/**
 * Groups one tenant's facts by type, so that an engine can take many at once, without changing the order within an
 * aggregate: an event goes no earlier than the one before it of its aggregate, and beside it only when both are of one type.
 */
export function toWaves(facts: readonly Fact[]): Wave[] {
  const levels: Map<string, Fact[]>[] = [];
  const reached = new Map<string, { level: number; type: string }>();
  for (const fact of facts) {
    const { type, aggregate } = fact.event;
    const before = reached.get(aggregate.id);
    const level = before === undefined ? 0 : before.level + (before.type === type ? 0 : 1);
    reached.set(aggregate.id, { level, type });
    const ofLevel = (levels[level] ??= new Map());
    const ofType = ofLevel.get(type);
    if (ofType) ofType.push(fact);
    else ofLevel.set(type, [fact]);
  }
  return levels.flatMap((level) => [...level].map(([type, together]) => ({ type, facts: together })));
}
