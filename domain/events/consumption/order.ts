import type { OutboxEvent } from '../types.ts';

/** An event that cannot be applied yet, and the one it waits for. */
export type Held = { event: OutboxEvent; reason: 'gap' | 'blocked'; waitsFor: string };

/**
 * Tells the events of a batch that may be applied from those whose predecessor in the same aggregate has not been, or that
 * follow such a one here. `open` are the predecessors outside this batch that are not settled, by what they are: still on
 * their way, or put aside as a dead letter; `isPutAside` says it of those within. The order of the batch is kept.
 */
export function holdBack(
  events: readonly OutboxEvent[],
  open: ReadonlyMap<string, Held['reason']>,
  isPutAside: (event: OutboxEvent) => boolean,
): { ready: OutboxEvent[]; held: Held[] } {
  const ready: OutboxEvent[] = [];
  const held = new Map<string, Held>();
  const settling = new Map<string, Held['reason'] | undefined>();
  for (const event of events) {
    const before = event.previousEventId ?? '';
    const reason = settling.has(before) ? settling.get(before) : (held.get(before)?.reason ?? open.get(before));
    if (reason === undefined) {
      ready.push(event);
      settling.set(event.eventId, isPutAside(event) ? 'blocked' : undefined);
    } else held.set(event.eventId, { event, reason, waitsFor: before });
  }
  return { ready, held: [...held.values()] };
}

/** The predecessors about which a batch does not itself say everything. */
export function predecessorsOf(events: readonly OutboxEvent[]): string[] {
  return events.flatMap(({ previousEventId }) => previousEventId ?? []);
}
