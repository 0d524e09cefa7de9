import { systemClock } from '#platform/clock.ts';
import { createContext } from '#platform/context.ts';
import { openDatabase, withTenant } from '#platform/db/index.ts';
import { newId } from '#platform/ids.ts';
import { silentLogger } from '#platform/log/index.ts';
import type { EventLab } from '#tests/support/event-lab.ts';
import { saleRecorded } from '#tests/support/sales-events.ts';
import { createDice } from './dice.ts';

export type Load = { stop(): Promise<void> };

const WRITERS = 3;
/** Each writer has so many aggregates under way; an order's events come one after another, those of others in between. */
const AGGREGATES = 12;

/**
 * Stores at work: each writer commits one transaction after another, most with several events. A transaction that fails
 * because the database is away is none; whether one committed whose answer was lost, the outbox says.
 */
export function startLoad({ tenants, appUrl }: EventLab, seed: number): Load {
  const database = openDatabase({ url: appUrl, poolMax: WRITERS, applicationName: 'chaos', log: silentLogger });
  const actor = { kind: 'user', label: 'ana' } as const;
  const ctx = createContext({ db: database.db, log: silentLogger, clock: systemClock, actor, requestId: 'chaos' });
  const stopping = new AbortController();
  const write = async (writer: number) => {
    const dice = createDice(seed + writer);
    const aggregates = Array.from({ length: AGGREGATES }, () => ({
      id: newId(),
      tenant: dice.pick(tenants),
      version: 0,
    }));
    while (!stopping.signal.aborted) {
      const aggregate = dice.pick(aggregates);
      const versions = Array.from({ length: 1 + dice.roll(4) }, (_, n) => aggregate.version + 1 + n);
      await withTenant(ctx, aggregate.tenant, async (tx) => {
        for (const version of versions) {
          const total = `${1 + dice.roll(500)}.${dice.roll(90) + 10}`;
          const { type, payload } = saleRecorded(total);
          const of = { type: 'order', id: aggregate.id, version };
          await tx.events.publish({ type, version: 1, tenantId: aggregate.tenant, aggregate: of, payload });
        }
      }).then(
        () => (aggregate.version = versions.at(-1)!),
        // It may have committed all the same: the next one leaves room for that.
        () => (aggregate.version += 10),
      );
    }
  };
  const writing = Promise.all(Array.from({ length: WRITERS }, (_, n) => write(n)));
  return {
    async stop() {
      stopping.abort();
      await writing;
      await database.stop();
    },
  };
}
