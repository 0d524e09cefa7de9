import assert from 'node:assert/strict';
import { eventually } from '#tests/support/eventually.ts';
import { createPipeline, type Pipeline } from '#tests/support/pipeline.ts';
import { saleRecorded } from '#tests/support/sales-events.ts';

describe('a relay in the middle of a long statement', () => {
  let pipeline: Pipeline;

  before(async () => {
    pipeline = await createPipeline();
  });
  after(() => pipeline?.remove());

  it('is ready, since it is at work', async () => {
    const relay = await pipeline.startRelay();
    const release = await pipeline.hold('lock table events.pending in access exclusive mode');
    const blocked = `select 1 from pg_stat_activity where usename = 'bc_relay' and wait_event_type = 'Lock'`;
    await eventually(async () => (await pipeline.rows(blocked)).length > 0);

    const answer = await fetch(`http://127.0.0.1:${relay.port}/ready`);

    assert.deepEqual(await answer.json(), { status: 'ok', checks: { database: 'ok', redis: 'ok' } });
    await release();
    const tenant = await pipeline.createTenant();
    await pipeline.publish(tenant, saleRecorded());
    await eventually(async () => (await pipeline.look.client.xlen('events:construction')) === 1);
  });
});

describe('a worker whose database is away', () => {
  let pipeline: Pipeline;

  before(async () => {
    pipeline = await createPipeline();
  });
  after(() => pipeline.remove());

  for (const [name, role] of [
    ['startRelay', 'bc_relay'],
    ['startEngines', 'bc_worker'],
  ] as const)
    it(`is not ready until it is back: ${role}`, async () => {
      const worker = await pipeline[name]();
      const readiness = async () => (await fetch(`http://127.0.0.1:${worker.port}/ready`)).json();
      const shutOut = async () => {
        await pipeline.rows(`alter role ${role} connection limit 0`);
        await pipeline.rows(`select pg_terminate_backend(pid) from pg_stat_activity where usename = '${role}'`);
      };
      try {
        await shutOut();

        const { checks } = await eventually(async () => {
          const answer = (await readiness()) as { status: string; checks: Record<string, string> };
          return answer.status === 'ok' ? undefined : answer;
        });
        assert.notEqual(checks.database, 'ok');
        assert.equal(checks.redis, 'ok');
      } finally {
        await pipeline.rows(`alter role ${role} connection limit -1`);
      }
      await eventually(async () => ((await readiness()) as { status: string }).status === 'ok');
    });
});
