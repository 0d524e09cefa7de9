import assert from 'node:assert/strict';
import { openTestConsole, type TestConsole } from '#tests/support/console.ts';
import { apiOf, type Api } from '#tests/support/console-api.ts';

describe('/api/v1/schedules', () => {
  let console: TestConsole;
  let api: Api;

  before(async () => {
    console = await openTestConsole();
    api = await apiOf(console, 'operator');
  });
  after(() => console?.stop());

  const HOURLY = { name: 'Hourly maps', work: 'publish_maps', cron: '0 * * * *' };

  it('makes, changes, pauses, runs and deletes one', async () => {
    const made = (await api.post('/schedules').send(HOURLY).expect(201)).body;
    assert.deepEqual([made.timezone, made.when_missed, made.version], ['America/Sao_Paulo', 'skip', 1]);
    const path = `/schedules/${made.id}`;

    const paused = (await api.post(`${path}/pause`).expect(200)).body;
    const resumed = (await api.delete(`${path}/pause`).expect(200)).body;
    const { job } = (await api.post(`${path}/runs`).expect(202)).body;
    const runs = (await api.get(`${path}/runs`).expect(200)).body;

    assert.equal(paused.next_due_at, null);
    assert.ok(new Date(resumed.next_due_at) > new Date());
    assert.equal(job.kind, 'edge.publish_maps');
    assert.deepEqual([runs.items[0].reason, runs.items[0].job.id], ['by_hand', job.id]);
    await api.delete(path).expect(200);
    await api.get(path).expect(404);
  });

  it('lists them with the daily reload among them', async () => {
    const { items } = (await api.get('/schedules').expect(200)).body;

    assert.deepEqual(
      items.map(({ name, work, cron }: Record<string, string>) => [name, work, cron]),
      [['Daily reload of nginx', 'reload_edges', '0 4 * * *']],
    );
  });

  it('refuses a bad expression and a taken name, naming the field', async () => {
    const refusal = async (change: object, status: number) => {
      const { body } = await api
        .post('/schedules')
        .send({ ...HOURLY, ...change })
        .expect(status);
      return [body.code, body.errors[0].path];
    };

    assert.deepEqual(await refusal({ cron: '99 * * * *' }, 422), ['bad_cron', 'cron']);
    assert.deepEqual(await refusal({ timezone: 'Moon' }, 422), ['bad_timezone', 'timezone']);
    assert.deepEqual(await refusal({ work: 'dance' }, 422), ['validation_failed', 'work']);
    assert.deepEqual(await refusal({ name: 'daily RELOAD of nginx' }, 409), ['schedule_name_taken', 'name']);
  });
});
