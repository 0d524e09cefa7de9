import assert from 'node:assert/strict';
import type { OutboxEvent } from '#domain/events/index.ts';
import { createContext } from '#platform/context.ts';
import { openDatabase, type Database } from '#platform/db/index.ts';
import { newId } from '#platform/ids.ts';
import { silentLogger } from '#platform/log/index.ts';
import { eventually } from '#tests/support/eventually.ts';
import { createPipeline, type Pipeline } from '#tests/support/pipeline.ts';
import { saleRecorded } from '#tests/support/sales-events.ts';
import { createTenantLimits } from '#workers/relay/tenant-limits.ts';

describe('a limited store', function () {
  this.timeout(40_000);
  let pipeline: Pipeline;
  let database: Database;
  let now = Date.parse('2026-11-27T12:00:00Z');

  before(async () => {
    pipeline = await createPipeline();
    const url = pipeline.database.url('bc_relay');
    database = openDatabase({ url, poolMax: 1, applicationName: 'test', log: silentLogger });
  });
  after(async () => {
    await database.stop();
    await pipeline.remove();
  });

  const limit = (tenant: string, perSecond: number) =>
    pipeline.rows(
      `insert into events.limits (id, of_tenant, per_second, reason, set_by, set_at) values ($1, $2, $3, 'test', 'test', now())`,
      [newId(), tenant, perSecond],
    );
  const waiting = async (tenant: string) => {
    const [row] = await pipeline.rows<{ count: number }>(
      `select count(*)::int as count from events.pending where tenant_id = $1 and published_at is null`,
      [tenant],
    );
    return row!.count;
  };

  it('saves up what it may publish in a second, and no more, and gets its rate whatever is spent', async () => {
    const [tenant, clock] = [newId(), { now: () => new Date(now) }];
    const actor = { kind: 'system', label: 'test' } as const;
    const ctx = createContext({ db: database.db, log: silentLogger, clock, actor, requestId: 'test' });
    const limits = createTenantLimits(ctx);
    await limit(tenant, 10);
    await limits.refresh();
    const allowed = () => limits.allowances().get(tenant);
    const spend = (count: number) =>
      limits.spend(Array.from({ length: count }, () => ({ tenantId: tenant }) as OutboxEvent));

    now += 60_000;
    assert.equal(allowed(), 10);
    assert.equal(limits.isHolding(), false);
    spend(10);
    assert.deepEqual([allowed(), limits.isHolding()], [0, true]);
    now += 550;
    await limits.refresh();
    assert.equal(allowed(), 5);
    let published = 0;
    for (let passed = 0; passed < 10_000; passed += 130) {
      now += 130;
      const some = allowed()!;
      spend(some);
      published += some;
    }
    assert.ok(published >= 100 && published <= 106, `${published} in ten seconds`);
    await pipeline.rows('delete from events.limits');
  });

  it('publishes no more than that, in order, while its neighbour publishes all', async () => {
    const [flooding, quiet] = [await pipeline.createTenant(), await pipeline.createTenant()];
    await limit(flooding, 30);
    const events = (count: number) => Array.from({ length: count }, () => saleRecorded('1.00'));
    await pipeline.publish(flooding, ...events(150));
    await pipeline.publish(quiet, ...events(150));
    const startedAt = performance.now();
    await Promise.all([pipeline.startRelay(), pipeline.startEngines()]);

    await eventually(async () => (await waiting(quiet)) === 0);
    const [left, seconds] = [await waiting(flooding), (performance.now() - startedAt) / 1000];
    assert.ok(left >= 150 - 30 * (1 + seconds), `${left} wait after ${seconds} s`);
    assert.ok(left > 0);
    await eventually(async () => (await waiting(flooding)) === 0);
    // Saved up for a second at most, so the last came not before that.
    assert.ok(performance.now() - startedAt >= (150 / 30 - 1) * 1000);
    const order = await pipeline.rows<{ is_sorted: boolean }>(
      `select coalesce(bool_and(sorted), true) as is_sorted from (
         select seq > coalesce(lag(seq) over (order by published_at, seq), 0) as sorted
           from events.pending where tenant_id = $1 and published_at is not null) p`,
      [flooding],
    );
    assert.deepEqual(order, [{ is_sorted: true }]);
    await eventually(async () => (await pipeline.figureOf(flooding)).sales === 150);
  });

  it('is free again at once when the limit ends', async () => {
    const tenant = await pipeline.createTenant();
    await limit(tenant, 1);
    await eventually(async () => {
      await pipeline.publish(tenant, saleRecorded('1.00'), saleRecorded('1.00'), saleRecorded('1.00'));
      return (await waiting(tenant)) > 20;
    });

    await pipeline.rows('delete from events.limits');

    await eventually(async () => (await waiting(tenant)) === 0);
  });
});
