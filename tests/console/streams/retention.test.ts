import assert from 'node:assert/strict';
import { addRetentionMetrics } from '#console/streams/retention/metrics.ts';
import { tendDays } from '#domain/retention/index.ts';
import { createMetrics } from '#platform/metrics/index.ts';
import { apiOf } from '#tests/support/console-api.ts';
import { openTestConsole, type TestConsole } from '#tests/support/console.ts';
import { eventDaysOf, type EventDays } from '#tests/support/event-days.ts';

describe('the page of what is kept of events', () => {
  let panel: TestConsole;
  let days: EventDays;
  let stuck: string;

  before(async () => {
    panel = await openTestConsole();
    days = eventDaysOf(panel);
    stuck = days.daysAgo(40);
  });
  after(() => panel?.stop());

  const page = async () => {
    const { browser } = await panel.signIn('viewer');
    return (await browser.get('/streams/retention').expect(200)).text;
  };
  const metrics = (read?: Parameters<typeof addRetentionMetrics>[3]) => {
    const own = createMetrics('console');
    return addRetentionMetrics(own, panel.ctx, own.text, read)();
  };

  it('says that all is well, for how long days are kept and when today goes', async () => {
    const text = await page();

    assert.match(text, /Every day goes when its term is over/);
    assert.match(text, /kept for 30 whole days[\s\S]*made for 8 days from today on/);
    assert.match(text, new RegExp(`id="day-${days.daysAgo(0)}"[\\s\\S]*<time`));
  });

  it('names what keeps a day beyond its term', async () => {
    await days.makeDay(stuck);
    await days.addEvent({ at: `${stuck}T12:00:00Z`, letter: 'dead' });
    await days.makeDay(days.daysAgo(41));

    const text = await page();

    assert.match(text, /1 day is kept beyond its term/);
    assert.match(text, new RegExp(`id="day-${stuck}"[\\s\\S]*dead letters are neither replayed nor skipped`));
    assert.match(await metrics(), /stream_days_overdue\{reason="dead_letter",process="console"\} 1/);
  });

  it('tells of rows that no day was there for until they are moved', async () => {
    await days.addEvent({ at: `${days.daysAgo(5)}T12:00:00Z` });

    assert.match(await page(), /2 rows came on days without a partition/);
    assert.match(await metrics(), /stream_misplaced_rows\{what="marks",process="console"\} 1/);

    await tendDays(panel.ctx);

    assert.doesNotMatch(await page(), /without a partition/);
  });

  it('is the same for programs', async () => {
    const { body } = await (await apiOf(panel, 'viewer')).get('/streams/retention').expect(200);

    assert.deepEqual(
      [body.events_days, body.marks_days, body.days_ahead, body.dropped_through],
      [30, 30, 8, days.daysAgo(41)],
    );
    assert.deepEqual(body.misplaced, { events: 0, marks: 0 });
    assert.partialDeepStrictEqual(
      body.days.find((kept: { day: string; what: string }) => kept.day === stuck && kept.what === 'events'),
      { kept_because: ['dead_letter'] },
    );
  });

  it('has figures for Prometheus, and none of what could not be read', async () => {
    assert.match(await metrics(), /stream_days_ahead\{process="console"\} 8/);

    const away = await metrics(() => Promise.reject(new Error('away')));

    assert.match(away, /stream_days_ahead\{process="console"\} Nan/i);
    assert.doesNotMatch(away, /stream_misplaced_rows\{/);
  });
});
