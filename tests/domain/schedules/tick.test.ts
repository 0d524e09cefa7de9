import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  changeSchedule,
  createSchedule,
  getSchedule,
  listRuns,
  pauseSchedule,
  resumeSchedule,
} from '#domain/schedules/index.ts';
import { nextDues, runDueSchedules, runScheduleNow, type ScheduleInput } from '#domain/schedules/index.ts';
import type { Context } from '#platform/context.ts';
import { openConsoleDatabase, type ConsoleDatabase } from '#tests/support/console-database.ts';

const START = new Date('2027-03-01T12:00:00Z');
const MINUTE = 60_000;

describe('what is due', function () {
  this.timeout(60_000);
  let database: ConsoleDatabase;
  let now = START;
  let ctx: Context;

  beforeEach(async () => {
    database = await openConsoleDatabase({ poolMax: 8 });
    await database.ctx.db('platform.schedules').delete();
    now = START;
    ctx = { ...database.ctx, clock: { now: () => now } };
  });
  afterEach(() => database?.drop());

  const hourly: ScheduleInput = {
    name: 'hourly',
    work: 'publish_maps',
    cron: '0 * * * *',
    timezone: 'UTC',
    whenMissed: 'skip',
  };
  const at = (text: string) => {
    now = new Date(text);
  };
  const tick = () => runDueSchedules(ctx);
  const jobs = () => database.ctx.db('platform.jobs').where({ kind: 'edge.publish_maps' });
  const endJobs = () => database.ctx.db('platform.jobs').update({ status: 'succeeded', finished_at: now });
  const told = async (id: string) =>
    (await listRuns(ctx, id, { limit: 100 })).map(({ dueAt, outcome, reason, slots }) =>
      [dueAt.toISOString().slice(5, 16), outcome, reason, slots].filter(Boolean).join(' '),
    );

  it('is run when it is due and not before, once', async () => {
    const { id, nextDueAt } = await createSchedule(ctx, hourly);
    assert.deepEqual(nextDueAt, new Date('2027-03-01T13:00:00Z'));
    at('2027-03-01T12:59:59Z');
    await tick();
    assert.deepEqual(await told(id), []);

    at('2027-03-01T13:00:02Z');
    await tick();
    await tick();

    assert.deepEqual(await told(id), ['03-01T13:00 started 1']);
    assert.equal((await jobs()).length, 1);
    assert.deepEqual((await getSchedule(ctx, id)).nextDueAt, new Date('2027-03-01T14:00:00Z'));
  });

  it('is not run while the run before is still going, and says so', async () => {
    const { id } = await createSchedule(ctx, hourly);
    at('2027-03-01T13:00:00Z');
    await tick();
    at('2027-03-01T14:00:00Z');
    await tick();
    at('2027-03-01T15:00:00Z');
    await tick();
    await endJobs();
    at('2027-03-01T16:00:00Z');
    await tick();

    assert.deepEqual(await told(id), [
      '03-01T16:00 started 1',
      '03-01T15:00 skipped still_running 1',
      '03-01T14:00 skipped still_running 1',
      '03-01T13:00 started 1',
    ]);
  });

  it('is noted as missed when nobody was there, and left at that where the schedule says skip', async () => {
    const { id } = await createSchedule(ctx, hourly);

    at('2027-03-02T10:30:00Z');
    await tick();

    assert.deepEqual(await told(id), ['03-01T13:00 missed scheduler_away 22']);
    assert.deepEqual(await jobs(), []);
    assert.deepEqual((await getSchedule(ctx, id)).nextDueAt, new Date('2027-03-02T11:00:00Z'));
  });

  it('is made up for once where the schedule says so', async () => {
    const { id } = await createSchedule(ctx, { ...hourly, whenMissed: 'run_once' });

    at('2027-03-02T10:30:00Z');
    await tick();
    await tick();

    assert.deepEqual(await told(id), ['03-02T10:30 started late 1', '03-01T13:00 missed scheduler_away 22']);
    assert.equal((await jobs()).length, 1);
  });

  it('is run on time though earlier ones were missed', async () => {
    const { id } = await createSchedule(ctx, hourly);

    at('2027-03-01T15:01:00Z');
    await tick();

    assert.deepEqual(await told(id), ['03-01T15:00 started 1', '03-01T13:00 missed scheduler_away 2']);
  });

  it('is nothing while it is paused, and is not made up for after', async () => {
    const { id } = await createSchedule(ctx, { ...hourly, whenMissed: 'run_once' });
    await pauseSchedule(ctx, id);
    at('2027-03-01T16:30:00Z');
    await tick();
    await resumeSchedule(ctx, id);
    await tick();

    assert.deepEqual(await told(id), []);
    assert.deepEqual((await getSchedule(ctx, id)).nextDueAt, new Date('2027-03-01T17:00:00Z'));
  });

  it('is run by hand besides, paused or not, with the person’s name', async () => {
    const { id } = await createSchedule(ctx, hourly);
    await pauseSchedule(ctx, id);

    const jobId = await runScheduleNow(ctx, id);

    const [run] = await listRuns(ctx, id, { limit: 1 });
    assert.deepEqual([run!.job?.id, run!.reason, run!.requestedBy], [jobId, 'by_hand', 'olivia@example.com']);
  });

  it('follows a changed expression from then on', async () => {
    const { id } = await createSchedule(ctx, hourly);

    const { nextDueAt, version } = await changeSchedule(ctx, id, { ...hourly, cron: '15 6 * * 1' });

    assert.deepEqual([nextDueAt, version], [new Date('2027-03-08T06:15:00Z'), 2]);
  });

  it('is what people of that time zone read off their clocks, also when those are put forward or back', () => {
    const days = (timezone: string, after: string, cron = '30 1 * * *') =>
      nextDues({ cron, timezone }, { after: new Date(after), count: 3 }).map((due) => due.toISOString());
    assert.deepEqual(days('America/Sao_Paulo', '2027-03-01T12:00:00Z', '0 3 * * *'), [
      '2027-03-02T06:00:00.000Z',
      '2027-03-03T06:00:00.000Z',
      '2027-03-04T06:00:00.000Z',
    ]);
    // 1:30 is not there on the 28th, and twice on the 25th.
    assert.deepEqual(days('Europe/Lisbon', '2027-03-27T12:00:00Z'), [
      '2027-03-28T01:00:00.000Z',
      '2027-03-29T00:30:00.000Z',
      '2027-03-30T00:30:00.000Z',
    ]);
    assert.deepEqual(days('Europe/Lisbon', '2026-10-24T12:00:00Z'), [
      '2026-10-25T00:30:00.000Z',
      '2026-10-26T01:30:00.000Z',
      '2026-10-27T01:30:00.000Z',
    ]);
  });

  const wrong: [string, Partial<ScheduleInput>, string][] = [
    ['a word for an expression', { cron: 'daily' }, 'bad_cron'],
    ['seconds', { cron: '0 0 4 * * *' }, 'bad_cron'],
    ['a minute that is none', { cron: '61 4 * * *' }, 'bad_cron'],
    ['a day that never comes', { cron: '0 0 31 2 *' }, 'bad_cron'],
    ['a time zone that is none', { timezone: 'Mars/Olympus' }, 'bad_timezone'],
    ['a name that is taken, in other letters', { name: 'HOURLY' }, 'schedule_name_taken'],
  ];
  for (const [what, change, code] of wrong)
    it(`refuses ${what}, naming the field`, async () => {
      await createSchedule(ctx, hourly);
      await assert.rejects(
        createSchedule(ctx, { ...hourly, name: 'another', ...change }),
        (error: Record<string, unknown>) => {
          assert.deepEqual([error.code, (error.fields as { code: string }[])[0]?.code], [code, code]);
          return true;
        },
      );
    });

  it('is run exactly once by several schedulers whose clocks jump', async () => {
    const jump = fc.integer({ min: -90, max: 200 });
    await fc.assert(
      fc.asyncProperty(fc.array(jump, { minLength: 1, maxLength: 6 }), async (jumps) => {
        await database.ctx.db('platform.schedules').delete();
        now = START;
        const ids: string[] = [];
        for (const minutes of [1, 7, 60])
          ids.push(
            (
              await createSchedule(ctx, {
                ...hourly,
                name: `every ${minutes}`,
                cron: `*/${minutes} * * * *`.replace('*/60', '0'),
              })
            ).id,
          );
        let latest = now.getTime();
        for (const minutes of jumps) {
          now = new Date(now.getTime() + minutes * MINUTE);
          latest = Math.max(latest, now.getTime());
          await Promise.all([tick(), tick(), tick()]);
          await endJobs();
        }
        for (const id of ids) {
          const runs = await listRuns(ctx, id, { limit: 1000 });
          const { cron, timezone } = await getSchedule(ctx, id);
          const due = nextDues({ cron, timezone }, { after: START, count: 2000 }).filter(
            (one) => one.getTime() <= latest,
          );
          const slots = runs.reduce((sum, run) => sum + run.slots, 0);
          assert.equal(slots, due.length, 'every due time is told of, none twice');
          const started = runs.filter((run) => run.outcome === 'started');
          assert.equal(new Set(started.map((run) => run.job?.id)).size, started.length);
        }
      }),
      { numRuns: 15 },
    );
  });
});
