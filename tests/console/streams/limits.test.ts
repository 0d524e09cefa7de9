import assert from 'node:assert/strict';
import { listActiveLimits } from '#domain/streams/index.ts';
import { newId } from '#platform/ids.ts';
import { apiOf } from '#tests/support/console-api.ts';
import { openTestConsole, type TestConsole } from '#tests/support/console.ts';

describe('the page of limited stores', () => {
  let panel: TestConsole;

  before(async () => {
    panel = await openTestConsole();
    await panel.asSuperuser(
      `insert into platform.tenants (id, slug, name, status, status_changed_at, admin_email, timezone, created_at, updated_at)
       values ($1, 'casa', 'Casa', 'live', now(), 'admin@example.com', 'America/Sao_Paulo', now(), now())`,
      [newId()],
    );
  });
  after(() => panel?.stop());

  const limit = async (role: 'viewer' | 'on_call', changes: object = {}) => {
    const { browser, csrf } = await panel.signIn(role);
    const form = {
      _csrf: csrf,
      tenant: 'casa',
      per_second: '20',
      reason: 'imports all day',
      minutes: '60',
      ...changes,
    };
    return browser.post('/streams/limits').type('form').send(form);
  };

  it('says that none is, and at the field what is wrong with one', async () => {
    const { browser } = await panel.signIn('viewer');
    assert.match((await browser.get('/streams/limits').expect(200)).text, /No store is limited/);

    const [store, rate, minutes, why] = [
      await limit('on_call', { tenant: 'nowhere' }),
      await limit('on_call', { per_second: '0' }),
      await limit('on_call', { minutes: 'long' }),
      await limit('on_call', { reason: '' }),
    ];

    assert.deepEqual(
      [store, rate, minutes, why].map(({ status }) => status),
      [422, 422, 422, 422],
    );
    assert.match(store.text, /There is no store of that slug/);
    assert.match(rate.text, /Type a number from 1 to 10000/);
    assert.match(minutes.text, /Type a number of minutes/);
    assert.match(why.text, /Say why/);
    assert.equal((await limit('viewer')).status, 403);
    assert.deepEqual(await listActiveLimits(panel.ctx), []);
  });

  it('limits one, replaces its limit, and ends it, all in the audit log', async () => {
    assert.equal((await limit('on_call')).status, 303);
    assert.equal((await limit('on_call', { per_second: '5', minutes: '' })).status, 303);
    const [found, ...others] = await listActiveLimits(panel.ctx);
    assert.deepEqual([found!.tenant, found!.perSecond, found!.expiresAt, others.length], ['casa', 5, undefined, 0]);
    const { browser, csrf } = await panel.signIn('on_call');
    assert.match((await browser.get('/streams/limits').expect(200)).text, /At most 5 a second/);

    const end = () => browser.post(`/streams/limits/${found!.id}/end`).type('form').send({ _csrf: csrf });
    await end().expect(303);
    await end().expect(404);

    const audit = await panel.ctx.db('platform.audit_log').whereLike('action', 'stream.%limited').orderBy('at');
    assert.deepEqual(
      audit.map(({ action }: { action: string }) => action),
      ['stream.limited', 'stream.limited', 'stream.unlimited'],
    );
  });

  it('is the same for a program', async () => {
    const api = await apiOf(panel, 'on_call');
    const body = { tenant: 'casa', per_second: 7, reason: 'x', minutes: 5 };

    const made = await api.post('/stream-limits').send(body).expect(201);
    assert.deepEqual([made.body.tenant, made.body.per_second], ['casa', 7]);
    assert.equal((await api.get('/stream-limits').expect(200)).body.items.length, 1);
    await api.delete(`/stream-limits/${made.body.id}`).expect(200);
    await api.delete(`/stream-limits/${made.body.id}`).expect(404);
  });
});
