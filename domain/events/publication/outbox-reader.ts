import type { Db } from '#platform/db/index.ts';
import {
  FIRST_TENANT,
  listWaiting,
  listWaitingOf,
  type NumberedEvent,
  type Page,
  type Restrictions,
} from './waiting.ts';

/** What may still be waiting: certainly nothing, nothing of the stores that were asked, or something. */
export type Remainder = 'nothing' | 'nothing known' | 'something';

type Batch = Restrictions & { limit: number };

export type OutboxReader = {
  /** The next events to publish, of all stores in turn, `limit` at most. */
  next(wanted: Batch): Promise<{ events: NumberedEvent[]; remainder: Remainder }>;
  /** To be called when events that were read have not been published. */
  forget(): void;
};

/** Units: ms. A walk along the outbox that takes longer is put off, so that walks have a tenth of the time at most. */
const DEAR_MS = 20;
const REST_PER_WALK = 9;

/** More would make asking them as dear as the walk. Those that were silent for longest are left to the walk. */
const KNOWN_AT_MOST = 1000;

/** So many numbers before a store's last one are looked at again, for commits that came a little out of order. */
const SLACK = 500;

/**
 * Reads the outbox by walks, which find all there is. When walks become dear, as they do while somebody's snapshot keeps
 * vacuum from what was published, it reads between them only on from where it was, of the stores that had something lately.
 * `now` is a clock in ms that never goes back.
 */
export function createOutboxReader(db: Db, now: () => number = () => performance.now()): OutboxReader {
  const known = createKnownStores();
  let walkAfter = FIRST_TENANT;
  let knownAfter = FIRST_TENANT;
  let walkDueAt = -Infinity;

  const walk = async (wanted: Batch) => {
    const startedAt = now();
    const page = await fromTheFirst((after) => listWaiting(db, { ...wanted, after }), walkAfter);
    const took = now() - startedAt;
    walkDueAt = took > DEAR_MS ? now() + REST_PER_WALK * took : -Infinity;
    walkAfter = page.nextAfter;
    return { page, whenLast: 'nothing' as const };
  };
  const goOn = async (wanted: Batch) => {
    const stores = known.readFrom();
    const page = await fromTheFirst((after) => listWaitingOf(db, stores, { ...wanted, after }), knownAfter);
    knownAfter = page.nextAfter;
    return { page, whenLast: 'nothing known' as const };
  };

  return {
    async next(wanted) {
      const { page, whenLast } = await (now() < walkDueAt ? goOn(wanted) : walk(wanted));
      known.note(page.events);
      return { events: page.events, remainder: page.isLast ? whenLast : 'something' };
    },
    forget() {
      known.clear();
      walkDueAt = -Infinity;
    },
  };
}

/** The stores that had something lately, and how far each has been read. */
function createKnownStores() {
  const lastSeqs = new Map<string, number>();
  return {
    note(events: readonly NumberedEvent[]) {
      for (const { tenantId, seq } of events) {
        const last = lastSeqs.get(tenantId) ?? 0;
        // Set anew, so that the order of the map is that of their latest events.
        lastSeqs.delete(tenantId);
        lastSeqs.set(tenantId, Math.max(seq, last));
      }
      for (const tenantId of lastSeqs.keys()) {
        if (lastSeqs.size <= KNOWN_AT_MOST) break;
        lastSeqs.delete(tenantId);
      }
    },
    readFrom: () => new Map([...lastSeqs].map(([tenantId, seq]) => [tenantId, seq - SLACK])),
    clear: () => lastSeqs.clear(),
  };
}

/** Begins with the first store again when nothing waits after the one we had come to. */
async function fromTheFirst(list: (after: string) => Promise<Page>, after: string): Promise<Page> {
  const page = await list(after);
  return page.events.length > 0 || after === FIRST_TENANT ? page : list(FIRST_TENANT);
}
