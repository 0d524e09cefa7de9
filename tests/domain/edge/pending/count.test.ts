import assert from 'node:assert/strict';
import { countPending } from '#domain/edge/pending/count.ts';
import { fixedClock } from '#platform/clock.ts';
import { openConsoleDatabase, type ConsoleDatabase } from '#tests/support/console-database.ts';
import { addLiveStore, enrolPaperEdge } from '#tests/support/edge-rows.ts';

describe('counting what is pending', () => {
  let database: ConsoleDatabase;
  let dropletIds: string[];

  before(async () => {
    database = await openConsoleDatabase();
    dropletIds = [await enrolPaperEdge(database.ctx)];
  });
  after(() => database?.drop());

  it('is done anew each time where there are few stores, and less often where there are many', async () => {
    const clock = fixedClock(new Date('2026-11-26T12:00:00Z'));
    const count = async (stores: number) => {
      const { byEdge, asOf } = await countPending({ ...database.ctx, clock }, { dropletIds, stores });
      return [byEdge.get(dropletIds[0]!) ?? 0, asOf.toISOString().slice(14, 19)];
    };
    assert.deepEqual(await count(10_000), [0, '00:00']);
    await addLiveStore(database.ctx, 'acme');
    clock.advance(19_000);

    assert.deepEqual(await count(10_000), [0, '00:00'], 'the last count, as of then');
    assert.deepEqual(await count(10), [1, '00:19']);
    await addLiveStore(database.ctx, 'bravo');
    clock.advance(20_000);
    assert.deepEqual(await count(10_000), [2, '00:39']);
  });
});
