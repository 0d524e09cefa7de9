import assert from 'node:assert/strict';
import { connected } from '#ops/local/roles.ts';
import { migrateToLatest, stepMigration } from '#platform/db/migrate.ts';
import { newId } from '#platform/ids.ts';
import { silentLogger } from '#platform/log/index.ts';
import { createTestDatabase, type TestDatabase } from '#tests/support/database.ts';

const PARTITIONING = '20261127000400_partition_events_by_day';

describe('the migration that keeps events by day', function () {
  this.timeout(30_000);
  let database: TestDatabase;
  const [tenant, aggregate] = [newId(), newId()];

  before(async () => {
    database = await createTestDatabase();
    for (let undone: string | undefined; undone !== PARTITIONING;) undone = await stepMigration(migrator(), 'down');
    // A day apart in São Paulo, the same day in UTC; a day apart in UTC; and one that is still to be published.
    await publish(1, '2026-10-01T02:00:00Z');
    await publish(2, '2026-10-01T23:59:59.999999Z');
    await publish(3, '2026-10-02T00:00:00Z');
    await rows(`delete from events.pending where seq < (select max(seq) from events.pending)`);
    await rows(
      `insert into events.processed (consumer_group, tenant_id, event_id, outcome, processed_at)
       select 'engines', tenant_id, event_id, 'applied', timestamptz '2026-10-05T00:00:00Z' from events.outbox where aggregate_version < 3
       union all select 'engines', $1, $1, 'ignored', timestamptz '2026-10-07T12:00:00Z'`,
      [tenant],
    );
  });
  after(() => database?.drop());

  const migrator = () => database.url('bc_migrate');
  const rows = <T = Record<string, unknown>>(sql: string, values: unknown[] = []) =>
    connected(database.superuserUrl, async (client) => (await client.query(sql, values)).rows as T[]);
  const publish = (version: number, at: string) =>
    rows(
      `insert into events.outbox (event_id, tenant_id, type, schema_version, aggregate_type, aggregate_id, aggregate_version,
                                  occurred_at, correlation_id, payload, created_at)
       values ($1, $2, 'sale_recorded', 1, 'order', $3, $4, $5, 'c', '{"total": "1"}', $5::timestamptz)`,
      [newId(), tenant, aggregate, version, at],
    );
  const contents = async () => ({
    outbox: await rows('select * from events.outbox order by seq'),
    processed: await rows(
      'select consumer_group, tenant_id, event_id, outcome, processed_at from events.processed order by processed_at, event_id',
    ),
    pending: await rows('select * from events.pending'),
  });

  it('moves what there is to where it belongs, goes on from there, and brings it back', async () => {
    const before = await contents();

    await migrateToLatest(migrator(), silentLogger);

    assert.deepEqual(await contents(), before);
    assert.deepEqual(
      await rows(
        `select o.aggregate_version as version, o.tableoid::regclass::text as event, p.tableoid::regclass::text as mark
           from events.outbox o full join events.processed p using (tenant_id, event_id) order by 1`,
      ),
      [
        { version: 1, event: 'events.outbox_20261001', mark: 'events.processed_20261001' },
        { version: 2, event: 'events.outbox_20261001', mark: 'events.processed_20261001' },
        { version: 3, event: 'events.outbox_20261002', mark: null },
        { version: null, event: null, mark: 'events.processed_20261007' },
      ],
    );
    await assert.rejects(publish(3, '2026-10-03T00:00:00Z'), /was published before/);
    await publish(4, '2026-10-03T00:00:00Z');

    const grown = await contents();
    assert.equal(grown.outbox[3]!.previous_event_id, grown.outbox[2]!.event_id);
    for (let undone: string | undefined; undone !== PARTITIONING;) undone = await stepMigration(migrator(), 'down');
    assert.deepEqual(await contents(), grown);
    await assert.rejects(publish(4, '2026-10-04T00:00:00Z'), /duplicate key/);
  });
});
