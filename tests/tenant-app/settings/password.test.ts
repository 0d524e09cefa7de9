import assert from 'node:assert/strict';
import type { StoreContext } from '#domain/construction/store/index.ts';
import { PASSWORD, startStoreSite, type Browser, type StoreSite } from '#tests/support/store-site.ts';

const NEW = 'tres-sacos-de-cal';

describe('choosing a password of one’s own', () => {
  let site: StoreSite;
  let ana: StoreContext;
  let browser: Browser;

  beforeEach(async () => {
    site = await startStoreSite();
    ana = await site.world.openStore('casa-forte');
    await site.world.rows('update construction.users set must_change_password = true');
    browser = await site.signedIn(ana);
    await browser.ask('/web/settings/password');
  });
  afterEach(() => site.close());

  it('is asked for on every page while the password is someone else’s, and no longer after', async () => {
    const before = await browser.ask('/web/dashboard');
    await browser.submit('/web/settings/password', { current: PASSWORD, next: NEW });
    const after = await browser.ask('/web/dashboard');

    assert.match(before.text, /senha que outra pessoa escolheu/);
    assert.doesNotMatch(after.text, /senha que outra pessoa escolheu/);
  });

  it('ends the sessions on other devices and keeps this one', async () => {
    const phone = await site.signedIn(ana);

    const answer = await browser.submit('/web/settings/password', { current: PASSWORD, next: NEW });

    assert.equal(answer.status, 303);
    assert.equal((await browser.ask('/web/dashboard')).status, 200);
    assert.equal((await phone.ask('/web/dashboard')).status, 303);
    assert.equal((await site.browse('casa-forte').signIn(ana.user.email, NEW)).status, 303);
    assert.equal((await site.browse('casa-forte').signIn(ana.user.email, PASSWORD)).status, 401);
  });

  it('names the field that is wrong, with 422, and changes nothing', async () => {
    const wrong = await browser.submit('/web/settings/password', { current: 'not-it', next: NEW });
    const short = await browser.submit('/web/settings/password', { current: PASSWORD, next: 'curta' });

    assert.equal(wrong.status, 422);
    assert.match(wrong.text, /id="current-error">Esta não é a sua senha atual/);
    assert.equal(short.status, 422);
    assert.match(short.text, /id="next-error">Use pelo menos 10 caracteres/);
    assert.equal((await site.browse('casa-forte').signIn(ana.user.email)).status, 303);
  });

  it('leaves a row in the audit log, without the password', async () => {
    await browser.submit('/web/settings/password', { current: PASSWORD, next: NEW });

    const rows = await site.world.rows<{ row: string }>(
      `select to_jsonb(a)::text as row from construction.audit_log a where action = 'user.password_changed'`,
    );

    assert.equal(rows.length, 1);
    assert.doesNotMatch(rows[0]!.row, new RegExp(NEW));
  });
});
