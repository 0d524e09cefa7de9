import assert from 'node:assert/strict';
import { mapLags } from '#domain/tenants/index.ts';
import { newId } from '#platform/ids.ts';
import { openConsoleDatabase, type ConsoleDatabase } from '#tests/support/console-database.ts';

describe('the lag of stores', () => {
  let console: ConsoleDatabase;
  const [acme, globex, idle] = [newId(), newId(), newId()];

  before(async () => {
    console = await openConsoleDatabase();
  });
  after(() => console?.drop());

  /** As the store wrote them. */
  const write = (tenantId: string, count: number, at: string) =>
    console.asSuperuser(
      `insert into events.outbox (event_id, tenant_id, type, schema_version, aggregate_type, aggregate_id, aggregate_version,
                                  occurred_at, correlation_id, payload, created_at)
       select gen_random_uuid(), $1, 'sale_recorded', 1, 'sale', gen_random_uuid(), 1, $2::timestamptz, 'test', '{}',
              $2::timestamptz + n * interval '1 second'
         from generate_series(0, $3::int - 1) n`,
      [tenantId, at, count],
    );
  const lags = async () => {
    const found = await mapLags(console.ctx, [acme, globex, idle]);
    return (
      found &&
      Object.fromEntries([...found].map(([id, { events, oldestAt }]) => [id, [events, oldestAt.toISOString()]]))
    );
  };

  it('counts what was not published and what was not settled, and says how old the oldest is', async () => {
    await write(acme, 3, '2026-11-21T10:00:00Z');
    await write(acme, 2, '2026-11-21T11:00:00Z');
    await write(globex, 1, '2026-11-21T12:00:00Z');
    await console.asSuperuser(
      `update events.pending set published_at = now(), shard = 0, stream_id = '1-1' where tenant_id = $1 and seq % 2 = 0`,
      [acme],
    );
    await console.asSuperuser(`delete from events.pending where created_at = '2026-11-21T10:00:00Z'`);

    assert.deepEqual(await lags(), {
      [acme]: [4, '2026-11-21T10:00:01.000Z'],
      [globex]: [1, '2026-11-21T12:00:00.000Z'],
    });
  });

  it('is not known while more events wait than can be told apart quickly', async () => {
    await write(newId(), 10_000, '2026-11-21T13:00:00Z');

    assert.equal(await lags(), undefined);
  });
});
