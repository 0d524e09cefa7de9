import assert from 'node:assert/strict';
import { newId } from '#platform/ids.ts';
import { openTestConsole, type TestConsole } from '#tests/support/console.ts';

describe('the pages of dead letters', () => {
  let panel: TestConsole;
  const letter = newId();

  before(async () => {
    panel = await openTestConsole();
    await panel.asSuperuser(
      `insert into events.dead_letters (tenant_id, id, consumer_group, event_id, type, schema_version, occurred_at, correlation_id,
         payload, reason, error, attempts, worker, first_attempt_at, died_at)
       values ($1, $2, 'engines', $3, 'sale_recorded', 1, now(), 'c', '{"total": "<b>1</b>"}', 'handler_failed', 'no <i>luck</i>', 5,
               'host:9102', now(), now())`,
      [newId(), letter, newId()],
    );
  });
  after(() => panel?.stop());

  it('show a viewer what failed, escaped, and nothing to press', async () => {
    const { browser } = await panel.signIn('viewer');

    const list = await browser.get('/streams/dead-letters').expect(200);
    const page = await browser.get(`/streams/dead-letters/${letter}`).expect(200);

    assert.match(list.text, /sale_recorded[\s\S]*no &lt;i&gt;luck/);
    assert.match(page.text, /&lt;b&gt;1&lt;\/b&gt;/);
    assert.doesNotMatch(list.text + page.text, /<form[^>]*method="post"[^>]*dead-letters|<i>luck/);
  });

  it('find none by another reason, and say so', async () => {
    const { browser } = await panel.signIn('viewer');

    const page = await browser.get('/streams/dead-letters?reason=unknown_version').expect(200);

    assert.match(page.text, /No dead letters/);
  });

  it('show an operator what is wrong with a mended payload, with what was typed', async () => {
    const { browser, csrf } = await panel.signIn('operator');
    const post = (payload: string) =>
      browser.post(`/streams/dead-letters/${letter}/mending`).type('form').send({ _csrf: csrf, because: 'x', payload });

    const noJson = await post('{"total": ').expect(422);
    const noSale = await post('{"total": "1.00", "mine": "<b>"}').expect(422);

    assert.match(noJson.text, /This is no JSON/);
    assert.match(noSale.text, /sale_id/);
    assert.match(noSale.text, /&#34;mine&#34;: &#34;&lt;b&gt;&#34;/);
  });

  it('want to know why, at the field, and then ask a worker', async () => {
    const { browser, csrf } = await panel.signIn('on_call');
    const post = (because: string) =>
      browser.post(`/streams/dead-letters/${letter}/replay`).type('form').send({ _csrf: csrf, because });

    const refused = await post(' ').expect(422);
    await post('mended').expect(303);
    const page = await browser.get(`/streams/dead-letters/${letter}`).expect(200);

    assert.match(refused.text, /Say why, in at most 300 characters/);
    assert.match(page.text, /Being tried again/);
  });

  it('let nobody below an operator skip one', async () => {
    const { browser, csrf } = await panel.signIn('on_call');

    await browser
      .post(`/streams/dead-letters/${letter}/skip`)
      .type('form')
      .send({ _csrf: csrf, because: 'no' })
      .expect(403);
  });
});
