import assert from 'node:assert/strict';
import { listMutes, listOpenAlerts, openAlert, resolveAlert } from '#domain/alerts/index.ts';
import { openTestConsole, type TestConsole } from '#tests/support/console.ts';

describe('the page of alerts', () => {
  let console: TestConsole;

  before(async () => {
    console = await openTestConsole();
  });
  after(() => console?.stop());

  const raise = (key: string, title: string) =>
    openAlert(console.ctx, { key, severity: 'critical', title, detail: `${title} in detail` });
  const audited = async () =>
    (await console.ctx.db('platform.audit_log').orderBy('at').pluck<string[]>('action')).slice(-1)[0];

  it('says so when nothing is wrong', async () => {
    const { browser } = await console.signIn('viewer');

    const page = await browser.get('/alerts').expect(200);

    assert.match(page.text, /Nothing is wrong/);
    assert.doesNotMatch(page.text, /Send a test/);
  });

  it('shows what is wrong and where to look, who looks after it, and what is over', async () => {
    await raise('stream:events:construction:flow', 'The stream is STOPPED');
    await raise('droplet:edge-1:silent', 'A droplet is silent');
    await resolveAlert(console.ctx, 'droplet:edge-1:silent');
    const { browser, csrf } = await console.signIn('on_call');
    const [alert] = await listOpenAlerts(console.ctx);

    await browser
      .post(`/alerts/${alert!.id}/acknowledgement`)
      .type('form')
      .send({ _csrf: csrf, note: 'on my way' })
      .expect(303);
    const page = await browser.get('/alerts').expect(200);

    assert.match(page.text, /The stream is STOPPED[\s\S]+href="\/streams"/);
    assert.match(page.text, /Looked after by on-call[\s\S]+on my way/);
    assert.match(page.text, /Over[\s\S]+A droplet is silent/);
    assert.equal(await audited(), 'alert.acknowledged');
  });

  it('mutes what is named, with a reason and an end, and ends that', async () => {
    const { browser, csrf } = await console.signIn('on_call');
    const form = { _csrf: csrf, key: 'redis:memory', reason: 'being enlarged', minutes: '30' };

    const refused = await browser
      .post('/alerts/mutes')
      .type('form')
      .send({ ...form, minutes: '0', reason: '' })
      .expect(422);
    await browser.post('/alerts/mutes').type('form').send(form).expect(303);
    const [mute] = await listMutes(console.ctx);
    const page = await browser.get('/alerts').expect(200);
    await browser.post(`/alerts/mutes/${mute!.id}/end`).type('form').send({ _csrf: csrf }).expect(303);

    assert.match(refused.text, /Type a number of minutes from 1 to 10080/);
    assert.match(refused.text, /value="redis:memory"/);
    assert.match(page.text, /Muted[\s\S]+being enlarged/);
    assert.deepEqual(await listMutes(console.ctx), []);
    assert.equal(await audited(), 'alert.unmuted');
  });

  it('answers 404 for an alert that is over', async () => {
    await raise('test:over', 'Over soon');
    const alert = (await listOpenAlerts(console.ctx)).find(({ key }) => key === 'test:over')!;
    await resolveAlert(console.ctx, 'test:over');
    const { browser, csrf } = await console.signIn('on_call');

    for (const id of [alert.id, 'no-id'])
      await browser.post(`/alerts/${id}/acknowledgement`).type('form').send({ _csrf: csrf }).expect(404);
  });
});
