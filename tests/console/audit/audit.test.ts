import assert from 'node:assert/strict';
import request from 'supertest';
import { recordAudit } from '#domain/audit/index.ts';
import { createToken } from '#domain/tokens/index.ts';
import { createTenant } from '#domain/tenants/index.ts';
import { fixedClock } from '#platform/clock.ts';
import { withTransaction } from '#platform/db/index.ts';
import { openTestConsole, type Browser, type TestConsole } from '#tests/support/console.ts';

describe('the audit log in the console', () => {
  let console: TestConsole;
  let browser: Browser;

  before(async () => {
    console = await openTestConsole();
    ({ browser } = await console.signIn('viewer'));
    await createTenant(console.ctx, {
      slug: 'acme',
      name: 'Acme',
      admin: { name: 'Ana', email: 'ana@acme.example' },
    });
    // A second apart, so that which is newer is no matter of luck.
    const clock = fixedClock(new Date());
    await withTransaction({ ...console.ctx, clock }, async (tx) => {
      for (let i = 0; i < 60; i++, clock.advance(1000))
        await recordAudit(tx, {
          action: 'thing.changed',
          subject: { type: 'thing', id: `t${i}`, label: `thing number ${i}` },
          before: { size: i },
          after: { size: i + 1, apiToken: 'hunter2' },
        });
    });
  });
  after(() => console.stop());

  const subjects = (html: string) => [...html.matchAll(/thing number (\d+)/g)].map((match) => Number(match[1]));

  it('shows before and after, with secrets masked', async () => {
    const page = await browser.get('/audit?action=thing.changed').expect(200);

    assert.match(page.text, /size<\/span> <del>59<\/del> → <ins>60<\/ins>/);
    assert.match(page.text, /apiToken<\/span> <ins>\[secret\]<\/ins>/);
    assert.doesNotMatch(page.text, /hunter2/);
  });

  it('pages through everything once, newest first', async () => {
    const first = await browser.get('/audit?action=thing').expect(200);
    const next = /href="([^"]+)" rel="next"/.exec(first.text)![1]!.replaceAll('&amp;', '&');
    const second = await browser.get(next).expect(200);

    const seen = [...subjects(first.text), ...subjects(second.text)];
    assert.equal(seen.length, 60);
    assert.equal(new Set(seen).size, 60);
    assert.doesNotMatch(second.text, /rel="next"/);
  });

  it('filters by who, what, store and day', async () => {
    const none = /Nothing was recorded/;
    assert.match((await browser.get('/audit?tenant=acme').expect(200)).text, /tenant\.created/);
    assert.doesNotMatch((await browser.get('/audit?tenant=acme').expect(200)).text, /thing\.changed/);
    assert.match((await browser.get('/audit?who=OLIVIA').expect(200)).text, /olivia@example\.com/);
    assert.match((await browser.get('/audit?who=%25').expect(200)).text, none);
    assert.match((await browser.get('/audit?action=thin').expect(200)).text, none);
    assert.match((await browser.get('/audit?to=2020-01-01').expect(200)).text, none);
    assert.match((await browser.get('/audit?from=2020-01-01&action=thing').expect(200)).text, /thing\.changed/);
  });

  it('names the field of a filter that cannot be read, and keeps what was typed', async () => {
    const store = await browser.get('/audit?tenant=nowhere&who=sam').expect(422);
    assert.match(store.text, /id="tenant-error">There is no store with this address/);
    assert.match(store.text, /value="sam"/);

    const day = await browser.get('/audit?from=yesterday').expect(422);
    assert.match(day.text, /id="from-error">Choose a day/);
    await browser.get('/audit?cursor=made-up').expect(400);
    await browser.get('/audit?who=%00').expect(400);
  });

  it('gives programs the same rows as pages of JSON', async () => {
    const { secret } = await createToken(console.ctx, { name: 'reader', role: 'viewer' });
    const get = (path: string) => request(console.app).get(path).set('Authorization', `Bearer ${secret}`);

    const first = await get('/api/v1/audit?action=thing&limit=50').expect(200);
    const second = await get(`/api/v1/audit?action=thing&cursor=${first.body.next_cursor}`).expect(200);

    assert.equal(first.body.has_more, true);
    assert.deepEqual([first.body.items.length, second.body.items.length, second.body.next_cursor], [50, 10, null]);
    assert.deepEqual(first.body.items[0].after, { size: 60, apiToken: '[secret]' });
    assert.equal(first.body.items[0].actor.label, 'olivia@example.com');
    await get('/api/v1/audit?tenant=nowhere').expect(404);
    await get('/api/v1/audit?from=yesterday').expect(422);
  });
});
