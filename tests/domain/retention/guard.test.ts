import assert from 'node:assert/strict';
import { readRetention, setTerms } from '#domain/retention/index.ts';
import { openConsoleDatabase, type ConsoleDatabase } from '#tests/support/console-database.ts';
import { eventDaysOf, type EventDays } from '#tests/support/event-days.ts';

/** One more than the horizon: its last moment is 30 whole days ago. */
const OVER = 31;

describe('dropping a day of events', () => {
  let opened: ConsoleDatabase;
  let days: EventDays;
  let day: string;
  let noon: string;

  beforeEach(async () => {
    opened = await openConsoleDatabase();
    days = eventDaysOf(opened);
    day = days.daysAgo(OVER);
    noon = `${day}T12:00:00Z`;
    await days.makeDay(day);
  });
  afterEach(() => opened?.drop());

  const drop = (kind: string, which = day) => opened.ctx.db.raw('select events.drop_day(?, ?::date)', [kind, which]);
  const name = (kind: string, which = day) => `events.${kind}_${which.replaceAll('-', '')}`;
  const keptBecause = async (kind: string) =>
    (await readRetention(opened.ctx)).days.find((kept) => kept.kind === kind && kept.day === day)?.keptBecause;
  /** The reason is told, and the day is still there. */
  const assertKept = async (reason: string, kind = 'outbox') => {
    assert.deepEqual(await keptBecause(kind), [reason]);
    await assert.rejects(drop(kind), new RegExp(`day ${day} of ${kind} is kept: ${reason}`));
    assert.ok((await days.partitions()).includes(name(kind)));
  };

  it('takes a day that is over and done with, and after it its marks', async () => {
    await days.addEvent({ at: noon });
    await days.addEvent({ at: noon, letter: 'applied' });
    await days.addEvent({ at: noon, letter: 'skipped' });

    assert.deepEqual(await keptBecause('outbox'), []);
    await drop('outbox');
    assert.deepEqual(await keptBecause('processed'), []);
    await drop('processed');

    const left = await days.partitions();
    assert.ok(!left.includes(name('outbox')) && !left.includes(name('processed')), left.join());
    assert.equal((await readRetention(opened.ctx)).droppedThrough, day);
  });

  it('refuses while an event is not published', async () => {
    await days.addEvent({ at: noon, isMarked: false, pending: 'waiting' });
    await assertKept('unpublished');
  });

  it('refuses while an event is in flight', async () => {
    await days.addEvent({ at: noon, isMarked: false, pending: 'in_flight' });
    await assertKept('unsettled');
  });

  it('refuses while an event is parked', async () => {
    await days.addEvent({ at: noon, isMarked: false, pending: 'parked' });
    await assertKept('parked');
  });

  it('refuses while one event has no mark of one of the groups, though nothing is pending', async () => {
    await days.addEvent({ at: noon });
    await days.rows(`insert into events.consumer_groups (stream, name) values ('events:construction', 'second')`);
    await assertKept('unsettled');
  });

  for (const letter of ['dead', 'replaying'] as const)
    it(`refuses while a dead letter of it is ${letter}`, async () => {
      await days.addEvent({ at: noon, letter });
      await assertKept('dead_letter');
    });

  it('refuses the last day within the horizon', async () => {
    day = days.daysAgo(OVER - 1);
    await days.makeDay(day);
    await days.addEvent({ at: `${day}T00:00:00Z` });
    await assertKept('too_young');
  });

  it('counts the horizon in the days it was told', async () => {
    await days.addEvent({ at: noon });
    await setTerms(opened.ctx, { outboxDays: 31, marksDays: 60 });
    await assertKept('too_young');
  });

  it('keeps marks as long as the events of their day', async () => {
    await days.addEvent({ at: noon });
    await assertKept('outbox_kept', 'processed');
  });

  it('keeps marks while events of their day are in the default partition', async () => {
    await drop('outbox');
    await days.addEvent({ at: noon });
    await assertKept('outbox_kept', 'processed');
  });

  it('keeps marks for their own term', async () => {
    await days.addEvent({ at: noon });
    await setTerms(opened.ctx, { outboxDays: 30, marksDays: 31 });
    await drop('outbox');
    await assertKept('too_young', 'processed');
  });

  it('takes no terms by which a mark would go before its event', async () => {
    await assert.rejects(setTerms(opened.ctx, { outboxDays: 30, marksDays: 29 }), /marks_outlive_events/);
  });

  it('is for days alone', async () => {
    await assert.rejects(drop('outbox', '2001-01-01'), /there is no day 2001-01-01 of outbox/);
    await assert.rejects(drop('pending'), /there is no day/);
    await assert.rejects(drop('outbox_default; drop table events.pending'), /there is no day/);
  });

  it('can be asked for by the console’s role alone, which could not do it by hand', async () => {
    await assert.rejects(opened.ctx.db.raw(`drop table ${name('outbox')}`), /must be owner/);
    const { rows } = await opened.ctx.db.raw<{ rows: { role: string }[] }>(
      `select r.rolname as role from pg_roles r
        where r.rolname like 'bc\\_%' and r.rolname not in ('bc_owner', 'bc_migrate')
          and has_function_privilege(r.oid, 'events.drop_day(text, date)', 'execute')`,
    );
    assert.deepEqual(rows, [{ role: 'bc_console' }]);
  });
});
