import assert from 'node:assert/strict';
import { eventually } from '#tests/support/eventually.ts';
import { createPipeline, type Pipeline, type WorkerProcess } from '#tests/support/pipeline.ts';
import { saleRecorded } from '#tests/support/sales-events.ts';

describe('two relays', () => {
  let pipeline: Pipeline;
  let relays: WorkerProcess[];
  let tenants: string[];

  before(async () => {
    pipeline = await createPipeline();
    relays = [await pipeline.startRelay(), await pipeline.startRelay()];
    // Nobody settles anything here, and no store may have all of it in flight.
    tenants = await pipeline.createTenants(10);
  });
  after(() => pipeline?.remove());

  /** The relay that holds the lease, and the one that does not. */
  const roles = async () => {
    const [stream] = await pipeline.rows<{ holder: string }>('select lease_holder as holder from events.streams');
    const isActive = (relay: WorkerProcess) => stream!.holder.endsWith(`:${relay.port}`);
    return { active: relays.find(isActive)!, standby: relays.find((relay) => !isActive(relay))! };
  };

  const untilPublished = (count: number, timeoutMs = 5000) =>
    eventually(
      async () => {
        const rows = await pipeline.rows('select 1 from events.pending where published_at is not null');
        return rows.length === count;
      },
      { timeoutMs },
    );

  it('publish each event once, with one of them at work', async () => {
    const twoOf = (tenant: string) => pipeline.publish(tenant, saleRecorded(), saleRecorded());
    await Promise.all(Array.from({ length: 10 }, () => Promise.all(tenants.map(twoOf))));

    await untilPublished(200);

    assert.equal(await pipeline.look.client.xlen('events:construction'), 200);
    const seen = await eventually(async () => {
      const beats = await pipeline.rows<{ role: string }>(`select detail ->> 'role' as role from platform.heartbeats`);
      return beats.some(({ role }) => role === 'active') ? beats.map(({ role }) => role).sort() : undefined;
    });
    assert.deepEqual(seen, ['active', 'standby']);
  });

  it('go on when the one at work freezes, and do not double anything when it wakes', async () => {
    const { active, standby } = await roles();
    process.kill(active.pid, 'SIGSTOP');
    await pipeline.publish(tenants[0]!, saleRecorded());
    await untilPublished(201, 15_000);
    assert.equal((await roles()).active, standby);

    process.kill(active.pid, 'SIGCONT');
    await pipeline.publish(tenants[0]!, saleRecorded());

    await untilPublished(202);
    assert.deepEqual(await pipeline.rows('select published::int from events.shards'), [{ published: 202 }]);
  });

  it('hand over at once when the one at work is stopped', async () => {
    const { active, standby } = await roles();

    await active.stop();

    await eventually(async () => (await roles()).active === standby, { timeoutMs: 3000 });
    await pipeline.publish(tenants[0]!, saleRecorded());
    await untilPublished(203);
  });
});
