import assert from 'node:assert/strict';
import { withTenant } from '#platform/db/index.ts';
import { newId } from '#platform/ids.ts';
import { openConsoleDatabase, type ConsoleDatabase } from '#tests/support/console-database.ts';
import { eventDaysOf, type EventDays } from '#tests/support/event-days.ts';

describe('a store that leaves, with events of several days', () => {
  let opened: ConsoleDatabase;
  let days: EventDays;
  const [leaver, stayer] = [newId(), newId()];

  before(async () => {
    opened = await openConsoleDatabase();
    days = eventDaysOf(opened);
    await days.rows(
      `insert into platform.tenants (id, slug, name, status, status_changed_at, admin_email, created_at, updated_at)
       values ($1, 'leaver', 'Leaver', 'deleted', now(), '', now(), now()), ($2, 'stayer', 'Stayer', 'live', now(), '', now(), now())`,
      [leaver, stayer],
    );
    for (const day of [1, 0]) await days.makeDay(days.daysAgo(day));
    // In every partition a row of each store at the same places.
    for (const day of [20, 1, 0])
      await days.rows(
        `insert into events.outbox (event_id, tenant_id, type, schema_version, aggregate_type, aggregate_id, aggregate_version,
                                    occurred_at, correlation_id, payload, created_at)
         select gen_random_uuid(), t, 'sale_recorded', 1, 'order', gen_random_uuid(), 1, now(), 'c', '{}', $2::timestamptz
           from unnest($1::uuid[]) t`,
        [day === 1 ? [stayer, leaver] : [leaver, stayer], `${days.daysAgo(day)}T12:00:00Z`],
      );
  });
  after(() => opened?.drop());

  const erase = async (atMost: number) =>
    withTenant(opened.ctx, leaver, async (tx) => {
      const { rows } = await tx.db.raw<{ rows: { erased: number }[] }>(
        `select platform.erase_tenant_rows('events.outbox', ?) as erased`,
        [atMost],
      );
      return rows[0]!.erased;
    });
  const left = async (tenant: string) =>
    (await days.rows('select 1 from events.outbox where tenant_id = $1', [tenant])).length;

  it('is asked for as one table, whatever days there are', async () => {
    const { rows } = await opened.ctx.db.raw<{ rows: { name: string }[] }>(
      `select name from platform.list_tenant_tables() where name ~ '(outbox|processed)' order by 1`,
    );
    assert.deepEqual(
      rows.map(({ name }) => name),
      ['events.outbox', 'events.processed'],
    );
  });

  it('loses no more rows at once than was asked for, all of them in the end, and nobody else any', async () => {
    assert.deepEqual([await erase(1), await left(leaver)], [1, 2]);
    assert.deepEqual([await erase(10), await left(leaver)], [2, 0]);
    assert.equal(await left(stayer), 3);
  });
});
