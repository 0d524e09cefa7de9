import assert from 'node:assert/strict';
import { listOpenAlerts } from '#domain/alerts/index.ts';
import { readRetention, tendDays } from '#domain/retention/index.ts';
import { connected } from '#ops/local/roles.ts';
import { openConsoleDatabase, type ConsoleDatabase } from '#tests/support/console-database.ts';
import { eventDaysOf, type EventDays } from '#tests/support/event-days.ts';

describe('the days of events', () => {
  let opened: ConsoleDatabase;
  let days: EventDays;

  beforeEach(async () => {
    opened = await openConsoleDatabase();
    days = eventDaysOf(opened);
  });
  afterEach(() => opened?.drop());

  const name = (kind: string, day: string) => `events.${kind}_${day.replaceAll('-', '')}`;
  const placeOf = async (eventId: string) => {
    const [row] = await days.rows<{ place: string; mark: string }>(
      `select o.tableoid::regclass::text as place, p.tableoid::regclass::text as mark
         from events.outbox o left join events.processed p using (tenant_id, event_id) where o.event_id = $1`,
      [eventId],
    );
    return row!;
  };
  const alerts = async () => (await listOpenAlerts(opened.ctx)).map(({ key }) => key);
  const dropAll = async (day: string) =>
    days.rows(`drop table ${name('outbox', day)}; drop table ${name('processed', day)}`);

  it('are there for a week ahead, and made again by whoever tends them', async () => {
    assert.equal((await readRetention(opened.ctx)).daysAhead, 8);
    const late = days.daysAgo(-5);
    await dropAll(late);
    assert.equal((await readRetention(opened.ctx)).daysAhead, 5);

    await tendDays(opened.ctx);

    assert.equal((await readRetention(opened.ctx)).daysAhead, 8);
    assert.deepEqual(await alerts(), []);
  });

  it('begin and end in UTC, whatever the session’s time zone and however long its day', async () => {
    // The night in which the clocks of Europe go back, and one in which they go forward.
    for (const day of ['2026-10-25', '2026-03-29']) {
      await connected(opened.url, async (client) => {
        await client.query(`set timezone = 'Europe/Berlin'; set datestyle = 'SQL, DMY'`);
        for (const kind of ['outbox', 'processed'])
          await client.query('select events.make_day($1, $2::date)', [kind, day]);
      });
      const [first, last] = [
        await days.addEvent({ at: `${day}T00:00:00Z` }),
        await days.addEvent({ at: `${day}T23:59:59.999999Z` }),
      ];
      const next = await days.addEvent({ at: `${day}T24:00:00Z` });

      for (const event of [first, last])
        assert.deepEqual(await placeOf(event), { place: name('outbox', day), mark: name('processed', day) });
      assert.deepEqual(await placeOf(next), { place: 'events.outbox_default', mark: 'events.processed_default' });
    }
  });

  it('take in what came when one of them was missing, which is told and not lost', async () => {
    const today = days.daysAgo(0);
    await dropAll(today);
    const noon = `${today}T12:00:00Z`;
    const events = [
      await days.addEvent({ at: noon }),
      await days.addEvent({ at: noon, isMarked: false, pending: 'waiting' }),
    ];
    assert.deepEqual((await readRetention(opened.ctx)).misplaced, { outbox: 2, processed: 1 });

    await tendDays(opened.ctx);

    assert.deepEqual(await alerts(), ['events:partition_missing']);
    assert.equal((await placeOf(events[0]!)).mark, name('processed', today));
    for (const event of events) assert.equal((await placeOf(event)).place, name('outbox', today));
    assert.deepEqual((await readRetention(opened.ctx)).misplaced, { outbox: 0, processed: 0 });

    await tendDays(opened.ctx);
    assert.deepEqual(await alerts(), []);
  });

  it('do not refuse a store that is writing while the missing one is made', async () => {
    const today = days.daysAgo(0);
    await dropAll(today);
    const noon = `${today}T12:00:00Z`;
    await days.addEvent({ at: noon });

    const writes = Array.from({ length: 20 }, () => days.addEvent({ at: noon, isMarked: false, pending: 'waiting' }));
    await opened.ctx.db.raw('select events.make_day(?, ?::date)', ['outbox', today]);
    const written = await Promise.all(writes);

    for (const event of written) assert.equal((await placeOf(event)).place, name('outbox', today));
  });

  it('are given up for this time when somebody keeps the table busy, and let no store wait for long', async () => {
    const day = days.daysAgo(40);
    await days.makeDay(day);
    const waitsMs: number[] = [];
    await connected(opened.superuserUrl, async (reader) => {
      await reader.query('begin; select 1 from events.outbox limit 1');
      const progress = { isTended: false };
      const tending = tendDays(opened.ctx).finally(() => (progress.isTended = true));
      while (!progress.isTended) {
        const startedAt = performance.now();
        await days.addEvent({ at: 'now' });
        waitsMs.push(performance.now() - startedAt);
      }
      await tending;
      assert.ok((await days.partitions()).includes(name('outbox', day)));
      await reader.query('rollback');
    });
    assert.ok(Math.max(...waitsMs) < 1500, `a store waited ${Math.max(...waitsMs)} ms`);

    await tendDays(opened.ctx);

    assert.ok(!(await days.partitions()).includes(name('outbox', day)));
    assert.ok(!(await days.partitions()).includes(name('processed', day)));
  });

  it('let everybody publish while a day is looked through that is to be dropped', async () => {
    const day = days.daysAgo(40);
    await days.makeDay(day);
    await connected(opened.superuserUrl, async (looker) => {
      await looker.query(`begin; lock table ${name('outbox', day)} in share mode`);
      await days.addEvent({ at: 'now', isMarked: false, pending: 'waiting' });
      await looker.query('rollback');
    });
  });

  it('that cannot be dropped keep none of the others', async () => {
    const [stuck, free] = [days.daysAgo(41), days.daysAgo(40)];
    for (const day of [stuck, free]) await days.makeDay(day);
    await days.addEvent({ at: `${stuck}T12:00:00Z`, letter: 'dead' });
    await days.addEvent({ at: `${free}T12:00:00Z` });

    await tendDays(opened.ctx);

    const left = (await days.partitions()).filter(
      (kept) => kept < name('outbox', days.daysAgo(30)) || kept.includes('processed'),
    );
    assert.ok(left.includes(name('outbox', stuck)) && left.includes(name('processed', stuck)));
    assert.ok(!left.includes(name('outbox', free)) && !left.includes(name('processed', free)));
  });

  it('hold the version of an aggregate across midnight: it is published once', async () => {
    await days.makeDay(days.daysAgo(1));
    const publish = (at: string, version: number, type = 'sale_recorded') =>
      days.rows(
        `insert into events.outbox (event_id, tenant_id, type, schema_version, aggregate_type, aggregate_id, aggregate_version,
                                    occurred_at, correlation_id, payload, created_at)
         values (gen_random_uuid(), $1, $3, 1, 'order', $1, $2, $4, 'c', '{}', $4::timestamptz)`,
        ['01939b1e-0000-7000-8000-000000000001', version, type, at],
      );
    const [yesterday, today] = [`${days.daysAgo(1)}T23:59:59Z`, `${days.daysAgo(0)}T00:00:01Z`];
    await publish(yesterday, 2);

    await assert.rejects(publish(today, 2), /sale_recorded 2 of aggregate .* was published before/);
    await assert.rejects(publish(today, 1), /was published before/);
    await publish(today, 2, 'order_created');
    await publish(today, 3);
  });
});
