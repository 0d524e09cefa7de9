import assert from 'node:assert/strict';
import { countSettled, findOpen, parkEvents } from '#domain/events/consumption/queries.ts';
import { markPublished, moveEntries, takeLease } from '#domain/events/publication/queries.ts';
import { FIRST_TENANT, listWaiting } from '#domain/events/publication/waiting.ts';
import { CONSTRUCTION_STREAM, type OutboxEvent } from '#domain/events/index.ts';
import { openDatabase, type Database, type Db } from '#platform/db/index.ts';
import { silentLogger } from '#platform/log/index.ts';
import { WRITE_EVENTS } from '#tests/support/outbox-events.ts';
import { createPipeline, type Pipeline } from '#tests/support/pipeline.ts';

const BATCH = 500;
const WAITING = 20_000;

/** So many entries may be looked at for each event: of each of its versions. */
const FEW = 5;

describe('events that wait by the thousand where PostgreSQL believes there are none', () => {
  let pipeline: Pipeline;
  let relay: Database;
  let worker: Database;
  let events: OutboxEvent[];

  beforeEach(async () => {
    pipeline = await createPipeline();
    const open = (role: 'bc_relay' | 'bc_worker') =>
      openDatabase({
        url: pipeline.database.url(role),
        poolMax: 1,
        applicationName: 'test',
        log: silentLogger,
        neverScan: true,
      });
    [relay, worker] = [open('bc_relay'), open('bc_worker')];
    const tenant = await pipeline.createTenant();
    const write = (count: number) => pipeline.rows(WRITE_EVENTS, [[tenant], count]);
    await write(2000);
    await pipeline.rows('delete from events.pending');
    await pipeline.rows('vacuum analyze events.pending');
    await write(WAITING);
    ({ events } = await listWaiting(relay.db, { after: FIRST_TENANT, limit: BATCH, except: [] }));
  });
  afterEach(async () => {
    await Promise.all([relay.stop(), worker.stop()]);
    await pipeline.remove();
  });

  const entriesRead = async (db: Db): Promise<number> => {
    const { rows } = await db.raw<{ rows: { entries: string }[] }>(
      `select sum(pg_stat_get_xact_tuples_returned(indexrelid)) as entries
         from pg_index where indrelid = 'events.pending'::regclass`,
    );
    return Number(rows[0]!.entries);
  };
  /** How many entries of the indexes of events.pending `work` looked at. */
  const readsOf = async ({ db }: Database, work: (db: Db) => Promise<unknown>): Promise<number> =>
    db.transaction(async (tx) => {
      const before = await entriesRead(tx);
      await work(tx);
      return (await entriesRead(tx)) - before;
    });
  const assertFew = (reads: number) => assert.ok(reads <= FEW * BATCH, `${reads} entries read for ${BATCH} events`);

  it('are found by their keys by a relay that marks them, or puts them back', async () => {
    const lease = (await takeLease(relay.db, CONSTRUCTION_STREAM, 'relay'))!;
    const placed = events.map((event, index) => ({ event, shard: 0, streamId: `1-${index + 1}` }));

    assertFew(await readsOf(relay, async (db) => assert.equal(await markPublished(db, lease, placed), BATCH)));
    assertFew(await readsOf(relay, (db) => moveEntries(db, lease, placed)));
  });

  it('are found by their keys by a worker that looks for them, parks them or settles them', async () => {
    const lease = { stream: CONSTRUCTION_STREAM, group: 'engines', shard: 0, epoch: 0 };
    const ids = events.map(({ eventId }) => eventId);
    const tenants = events.map(({ tenantId }) => tenantId);
    const held = events.map((event) => ({ event, reason: 'paused' as const, waitsFor: undefined }));
    const at = new Date();

    assertFew(
      await readsOf(worker, async (db) => assert.equal((await findOpen(db, 'engines', tenants, ids)).size, BATCH)),
    );
    assertFew(await readsOf(worker, async (db) => assert.equal(await parkEvents(db, held), BATCH)));
    assertFew(await readsOf(worker, (db) => countSettled(db, lease, { settled: events, parked: 0, at })));
    const [row] = await pipeline.rows('select count(*)::int as waiting from events.pending');
    assert.deepEqual(row, { waiting: WAITING - BATCH });
  });
});
