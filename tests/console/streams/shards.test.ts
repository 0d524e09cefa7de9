import assert from 'node:assert/strict';
import { readShards } from '#domain/streams/index.ts';
import { openTestConsole, type TestConsole } from '#tests/support/console.ts';

describe('the page of shards', () => {
  let panel: TestConsole;

  before(async () => {
    panel = await openTestConsole();
    await panel.asSuperuser(
      `insert into events.shards (stream, shard) select 'events:construction', n from generate_series(0, 3) n on conflict do nothing`,
    );
    await panel.asSuperuser(
      `insert into events.consumer_shards (stream, consumer_group, shard, owner)
       select 'events:construction', 'engines', n, 'host:910' || n from generate_series(0, 3) n
       on conflict (stream, consumer_group, shard) do update set owner = excluded.owner`,
    );
  });
  after(() => panel?.stop());

  const change = async (role: 'on_call' | 'operator', form: object) => {
    const { browser, csrf } = await panel.signIn(role);
    return browser
      .post('/streams/shards')
      .type('form')
      .send({ _csrf: csrf, count: '2', reason: 'two workers', ...form });
  };

  it('shows each shard with its owner, and those that are only emptied', async () => {
    const { browser } = await panel.signIn('viewer');

    const page = await browser.get('/streams/shards').expect(200);

    assert.match(page.text, /host:9100[\s\S]+host:9103/);
    assert.equal(page.text.match(/being emptied/g)?.length, 3);
    assert.doesNotMatch(page.text, /action="\/streams\/shards"/);
  });

  it('changes the number for an operator, with a reason in the audit log and a mark on the charts', async () => {
    const answer = await change('operator', {});

    assert.equal(answer.status, 303);
    assert.equal((await readShards(panel.ctx)).count, 2);
    const [audit] = await panel.ctx.db('platform.audit_log').where({ action: 'stream.resharded' });
    assert.deepEqual([audit.before, audit.after], [{ shards: 1 }, { shards: 2, reason: 'two workers' }]);
  });

  it('says at the field what is wrong, and changes nothing', async () => {
    const before = (await readShards(panel.ctx)).count;

    const [same, many, why] = [
      await change('operator', { count: String(before) }),
      await change('operator', { count: '33' }),
      await change('operator', { count: '5', reason: ' ' }),
    ];

    assert.deepEqual([same.status, many.status, why.status], [422, 422, 422]);
    assert.match(same.text, /There are so many already/);
    assert.match(many.text, /Type a number from 1 to 32/);
    assert.match(why.text, /Say why/);
    assert.equal((await change('on_call', { count: '5' })).status, 403);
    assert.equal((await readShards(panel.ctx)).count, before);
  });
});
