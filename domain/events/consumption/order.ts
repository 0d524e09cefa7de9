import type { OutboxEvent } from '../types.ts';

/** An event that cannot be applied yet, and the one it waits for; a paused one waits for no event. */
export type Held = { event: OutboxEvent; reason: 'gap' | 'blocked' | 'paused'; waitsFor: string | undefined };

/** What is to be known of the events of a batch. */
type Judgement = { isPutAside: (event: OutboxEvent) => boolean; isPaused: (event: OutboxEvent) => boolean };

/**
 * Tells the events of a batch that may be applied from those whose predecessor in the same aggregate has not been, or that
 * follow such a one here. `open` are the predecessors outside this batch that are not settled, by what they are: still on
 * their way, or put aside as a dead letter; `isPutAside` says it of those within. What follows a paused one waits for it. The
 * order of the batch is kept.
 */
export function holdBack(
  events: readonly OutboxEvent[],
  open: ReadonlyMap<string, Held['reason']>,
  { isPutAside, isPaused }: Judgement,
): { ready: OutboxEvent[]; held: Held[] } {
  const ready: OutboxEvent[] = [];
  const held = new Map<string, Held>();
  const settling = new Map<string, Held['reason'] | undefined>();
  for (const event of events) {
    const before = event.previousEventId ?? '';
    const reason = settling.has(before) ? settling.get(before) : ((held.get(before) && 'gap') ?? open.get(before));
    if (reason !== undefined) held.set(event.eventId, { event, reason, waitsFor: before });
    else if (isPaused(event)) held.set(event.eventId, { event, reason: 'paused', waitsFor: undefined });
    else {
      ready.push(event);
      settling.set(event.eventId, isPutAside(event) ? 'blocked' : undefined);
    }
  }
  return { ready, held: [...held.values()] };
}

/** The predecessors about which a batch does not itself say everything. */
export function predecessorsOf(events: readonly OutboxEvent[]): string[] {
  return events.flatMap(({ previousEventId }) => previousEventId ?? []);
}
