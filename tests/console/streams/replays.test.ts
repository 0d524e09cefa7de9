import assert from 'node:assert/strict';
import { listRecentReplays } from '#domain/streams/index.ts';
import { newId } from '#platform/ids.ts';
import { apiOf } from '#tests/support/console-api.ts';
import { openTestConsole, type TestConsole } from '#tests/support/console.ts';

describe('the page of replays', () => {
  let panel: TestConsole;
  const tenant = newId();

  before(async () => {
    panel = await openTestConsole();
    await panel.asSuperuser(
      `insert into platform.tenants (id, slug, name, status, status_changed_at, admin_email, timezone, created_at, updated_at)
       values ($1, 'casa', 'Casa', 'live', now(), 'admin@example.com', 'America/Sao_Paulo', now(), now())`,
      [tenant],
    );
    await panel.asSuperuser(
      `with told as (
         insert into events.outbox (event_id, tenant_id, type, schema_version, aggregate_type, aggregate_id, aggregate_version,
                                    occurred_at, correlation_id, payload)
         select gen_random_uuid(), $1, 'sale_recorded', 1, 'order', gen_random_uuid(), 1, now(), 'c', '{}' from generate_series(1, 3)
         returning event_id, created_at)
       insert into events.processed (consumer_group, tenant_id, event_id, event_day, outcome, processed_at)
       select 'engines', $1, event_id, events.day_of(created_at), 'applied', now() from told`,
      [tenant],
    );
  });
  after(() => panel?.stop());

  const field = (at: Date) => at.toISOString().slice(0, 16);
  const values = (changes: object = {}) => ({
    from: field(new Date(Date.now() - 3_600_000)),
    to: field(new Date(Date.now() + 3_600_000)),
    tenant: 'casa',
    type: '',
    reason: 'figures are wrong',
    ...changes,
  });
  const ask = async (role: 'on_call' | 'operator', changes: object = {}) => {
    const { browser, csrf } = await panel.signIn(role);
    return browser
      .post('/streams/replays')
      .type('form')
      .send({ _csrf: csrf, ...values(changes) });
  };

  it('says that nothing was replayed yet, and how many events it would be, while they are typed', async () => {
    const { browser } = await panel.signIn('operator');

    const page = await browser.get('/streams/replays').expect(200);
    assert.match(page.text, /Nothing was replayed yet/);
    assert.match(page.text, /hx-get="\/streams\/replays\/preview" hx-trigger="load"/);
    const preview = async (changes: object) =>
      (await browser.get('/streams/replays/preview').query(values(changes)).expect(200)).text;

    assert.match(await preview({}), /would apply 3 events again/);
    assert.match(await preview({ type: 'quote_sent' }), /would apply 0 events again/);
    assert.match(await preview({ tenant: 'nowhere' }), /names nothing yet/);
  });

  it('says at the field what is wrong, keeps what was typed, and asks for nothing', async () => {
    const [when, order, store, none, why] = [
      await ask('operator', { from: 'yesterday' }),
      await ask('operator', { to: '2026-01-01T00:00' }),
      await ask('operator', { tenant: 'nowhere' }),
      await ask('operator', { type: 'quote_sent' }),
      await ask('operator', { reason: ' ' }),
    ];

    assert.deepEqual(
      [when, order, store, none, why].map(({ status }) => status),
      [422, 422, 422, 422, 422],
    );
    assert.match(when.text, /Type a date and a time/);
    assert.match(order.text, /The end must be after the beginning/);
    assert.match(store.text, /There is no store of that slug[\s\S]*/);
    assert.match(store.text, /value="nowhere"/);
    assert.match(none.text, /There is no event to apply again/);
    assert.match(why.text, /Say why/);
    assert.equal((await ask('on_call')).status, 403);
    assert.deepEqual(await listRecentReplays(panel.ctx), []);
  });

  it('asks for it, shows how far it is, refuses a second one, and is ended by who is on call', async () => {
    assert.equal((await ask('operator')).status, 303);
    const { browser, csrf } = await panel.signIn('on_call');
    const again = await ask('operator');
    assert.equal(again.status, 303);

    const page = await browser.get('/streams/replays').expect(200);
    assert.match(page.text, /All events of casa/);
    assert.match(page.text, /0 of 3/);
    assert.match(page.text, /hx-trigger="every 2s"/);
    const [replay, ...others] = await listRecentReplays(panel.ctx);
    assert.equal(others.length, 0);

    await browser.post(`/streams/replays/${replay!.id}/cancellation`).type('form').send({ _csrf: csrf }).expect(303);
    const after = await browser.get('/streams/replays/list').expect(200);
    assert.match(after.text, /Cancelled/);
    assert.doesNotMatch(after.text, /hx-trigger/);
  });

  it('is the same for a program', async () => {
    const api = await apiOf(panel, 'operator');
    const body = {
      from: new Date(Date.now() - 3_600_000).toISOString(),
      to: new Date().toISOString(),
      reason: 'again',
    };
    const { reason, ...filter } = body;

    const preview = await api.get('/stream-replays/preview').query(filter).expect(200);
    assert.deepEqual(preview.body, { events: 3 });
    const asked = await api.post('/stream-replays').send(body).expect(201);
    assert.deepEqual([asked.body.state, asked.body.total, asked.body.reason], ['running', 3, reason]);
    assert.equal((await api.post('/stream-replays').send(body).expect(409)).body.code, 'replay_running');
    const ended = await api.delete(`/stream-replays/${asked.body.id}`).expect(200);
    assert.equal(ended.body.state, 'cancelled');
    assert.equal((await api.get('/stream-replays').expect(200)).body.items[0].id, asked.body.id);
  });
});
