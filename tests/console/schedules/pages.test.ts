import assert from 'node:assert/strict';
import { createSchedule, getSchedule, listSchedules, pauseSchedule, runDueSchedules } from '#domain/schedules/index.ts';
import { openTestConsole, type Browser, type TestConsole } from '#tests/support/console.ts';

describe('the schedules of the console', function () {
  this.timeout(60_000);
  let console: TestConsole;
  let browser: Browser;
  let csrf: string;

  beforeEach(async () => {
    console = await openTestConsole();
    ({ browser, csrf } = await console.signIn('operator'));
  });
  afterEach(() => console?.stop());

  const page = async (path: string, status = 200) => (await browser.get(path).expect(status)).text;
  const post = (path: string, form: object = {}) =>
    browser
      .post(path)
      .type('form')
      .send({ _csrf: csrf, ...form });
  const NIGHTLY = {
    name: 'Nightly',
    work: 'publish_maps',
    cron: '30 4 * * 1-5',
    timezone: 'America/Sao_Paulo',
    when_missed: 'run_once',
  };
  const make = async () => (await post('/schedules', NIGHTLY).expect(303)).headers.location!;

  it('has the daily reload from the beginning, in a sentence and with its next time', async () => {
    const text = await page('/schedules');

    assert.match(text, /Daily reload of nginx[\s\S]*Reload nginx of every edge, and probe it/);
    assert.match(text, /At 04:00[\s\S]*America\/Sao_Paulo/);
    assert.match(text, /On<\/span>[\s\S]*<time[\s\S]*never/);
  });

  it('says what an expression means while it is typed, and when it is due', async () => {
    const ask = (cron: string, timezone = 'UTC') =>
      page(`/schedules/preview?${new URLSearchParams({ cron, timezone })}`);

    assert.match(await ask('0 12 * * 1'), /At 12:00, only on Monday[\s\S]*(<li>Mon, [^<]+12:00[^<]*<\/li>){5}/);
    assert.match(await ask('0 12 *'), /Type five fields/);
    assert.match(await ask('0 12 * * 1', 'Nowhere/Land'), /Type a time zone/);
    await post('/preferences', { locale: 'pt-BR', next: '/' }).expect(303);
    assert.match(await ask('30 4 * * 1-5'), /Às 04:30, de segunda-feira a sexta-feira[\s\S]*<li>\w{3}\., \d/);
  });

  it('is made, changed, paused, resumed and deleted, each in the audit log', async () => {
    const href = await make();
    assert.match(await page(href), /Nightly[\s\S]*At 04:30, Monday through Friday[\s\S]*It has not been due yet/);

    await post(`${href}/edit`, { ...NIGHTLY, name: 'Nights', cron: '0 5 * * *' }).expect(303);
    await post(`${href}/pause`).expect(303);
    assert.match(await page(href), /Nights[\s\S]*Paused[\s\S]*action="[^"]*resumption"/);
    await post(`${href}/resumption`).expect(303);
    assert.match(await page(`${href}/deletion`), /Its history is deleted/);
    assert.match((await post(`${href}/deletion`, { confirmation: 'nights' }).expect(422)).text, /This is not the name/);
    await post(`${href}/deletion`, { confirmation: 'Nights' }).expect(303);

    await page(href, 404);
    const audited = await console.ctx
      .db('platform.audit_log')
      .whereLike('action', 'schedule.%')
      .orderBy('id')
      .pluck('action');
    assert.deepEqual(
      audited,
      ['created', 'changed', 'paused', 'resumed', 'deleted'].map((verb) => `schedule.${verb}`),
    );
  });

  it('draws the same form again, each bad field named and everything typed kept', async () => {
    const bad = { ...NIGHTLY, name: ' ', cron: 'at night' };

    const { text } = await post('/schedules', bad).expect(422);

    assert.match(text, /Type a name of at most 80 characters/);
    assert.match(text, /value="at night"/);
    const { text: again } = await post('/schedules', { ...bad, name: 'Nightly' }).expect(422);
    assert.match(again, /id="cron-error">Type five fields/);
    await make();
    assert.match((await post('/schedules', NIGHTLY).expect(422)).text, /Another schedule has this name/);
    assert.equal((await listSchedules(console.ctx)).length, 2);
  });

  it('tells of each run what became of it, and of what was missed', async () => {
    const { work, cron, timezone, name } = NIGHTLY;
    const { id } = await createSchedule(console.ctx, {
      name,
      cron,
      timezone,
      work: work as 'publish_maps',
      whenMissed: 'skip',
    });
    const clock = { now: () => new Date('2035-01-08T12:00:00Z') };
    await runDueSchedules({ ...console.ctx, clock });

    const { headers } = await post(`/schedules/${id}/runs`).expect(303);

    const text = await page(`/schedules/${id}`);
    assert.match(text, /Missed [\d,]+ times[\s\S]*nobody looked at the schedules then/);
    assert.match(text, new RegExp(`Waiting[\\s\\S]*by hand: [\\s\\S]*href="${headers.location}"`));
  });

  it('says of one that nobody looks at that it is overdue', async () => {
    await console.ctx.db('platform.schedules').update({ next_due_at: new Date(Date.now() - 600_000) });

    assert.match(await page('/schedules'), /Overdue: does the ops worker live\?/);
  });

  it('is run, paused and resumed by on-call, changed by operators, looked at by everybody', async () => {
    const href = await make();
    const onCall = await console.signIn('on_call');
    const viewer = await console.signIn('viewer');
    const form = (who: { csrf: string }) => ({ _csrf: who.csrf });

    await onCall.browser.post(`${href}/pause`).type('form').send(form(onCall)).expect(303);
    await onCall.browser.post(`${href}/edit`).type('form').send(form(onCall)).expect(403);
    await viewer.browser.post(`${href}/runs`).type('form').send(form(viewer)).expect(403);
    const { text } = await viewer.browser.get(href).expect(200);

    assert.doesNotMatch(text, /<button class="btn btn-primary">[\s\S]*Run now/);
    assert.equal((await getSchedule(console.ctx, href.split('/').at(-1)!)).nextDueAt, undefined);
    await pauseSchedule(console.ctx, href.split('/').at(-1)!);
  });
});
