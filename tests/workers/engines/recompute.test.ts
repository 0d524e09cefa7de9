import assert from 'node:assert/strict';
import { listDueTenants, type Engine } from '#domain/engines/index.ts';
import { systemClock } from '#platform/clock.ts';
import { createContext, type Context } from '#platform/context.ts';
import { openDatabase, type Database } from '#platform/db/index.ts';
import { newId } from '#platform/ids.ts';
import { silentLogger } from '#platform/log/index.ts';
import { eventually } from '#tests/support/eventually.ts';
import { createPipeline, type Pipeline } from '#tests/support/pipeline.ts';
import { startRecomputeLoop } from '#workers/engines/recompute-loop.ts';

describe('what engines work out soon after an event', () => {
  let pipeline: Pipeline;
  let database: Database;
  let ctx: Context;

  before(async () => {
    pipeline = await createPipeline();
    const url = pipeline.database.url('bc_worker');
    database = openDatabase({ url, poolMax: 4, applicationName: 'test', log: silentLogger, pipeline: true });
    const actor = { kind: 'system', label: 'test' } as const;
    ctx = createContext({ db: database.db, log: silentLogger, clock: systemClock, actor, requestId: 'test' });
  });
  after(async () => {
    await database.stop();
    await pipeline.remove();
  });

  const ask = (tenant: string, ...subjects: string[]) =>
    pipeline.rows(
      `insert into events.recomputations (tenant_id, engine, subject, due_at)
       select $1, 'test', s, now() from unnest($2::uuid[]) s`,
      [tenant, subjects],
    );
  const asked = (tenant: string) =>
    pipeline.rows<{ due_at: Date }>('select due_at from events.recomputations where tenant_id = $1', [tenant]);

  it('is said by the real worker: a shelf is empty', async () => {
    const tenant = await pipeline.createTenant();
    const workers = await Promise.all([pipeline.startRelay(), pipeline.startEngines()]);

    const [product, at] = [newId(), new Date().toISOString()];
    const sold = { product_id: product, quantity: '3', unit_price: '1', total: '3' };
    const sale = {
      sale_id: newId(),
      order_id: newId(),
      customer_id: newId(),
      delivered_at: at,
      total: '3',
      items: [sold],
    };
    const count = {
      product_id: product,
      movement_id: newId(),
      kind: 'count',
      delta: '3',
      on_hand: '3',
      reserved: '0',
      at,
    };

    await pipeline.publish(tenant, { type: 'stock_updated', payload: count }, { type: 'sale_recorded', payload: sale });

    await eventually(async () => {
      const alerts = await pipeline.rows<{ type: string }>(
        `select type from engines.stock_alerts where tenant_id = $1 and status = 'active'`,
        [tenant],
      );
      return alerts.some(({ type }) => type === 'out_of_stock');
    });
    await Promise.all(workers.map((worker) => worker.stop()));
  });

  it('is worked out once by two workers', async () => {
    const tenant = await pipeline.createTenant();
    const subjects = Array.from({ length: 300 }, () => newId());
    const seen: string[] = [];
    const engine: Engine = { name: 'test', handlers: {}, recompute: async (_, given) => void seen.push(...given) };
    await ask(tenant, ...subjects);

    const loops = [startRecomputeLoop(ctx, [engine]), startRecomputeLoop(ctx, [engine])];
    await eventually(async () => (await asked(tenant)).length === 0);
    await Promise.all(loops.map((loop) => loop.stop()));

    assert.deepEqual(seen.toSorted(), subjects.toSorted());
  });

  it('is left to a newer version when its engine is not known here', async () => {
    const tenant = await pipeline.createTenant();
    await ask(tenant, newId());
    const dueFor = (engines: string[]) => listDueTenants(ctx.db, { engines, now: new Date(), limit: 10 });

    assert.deepEqual(await dueFor(['stock', 'sales']), []);
    assert.deepEqual(await dueFor(['stock', 'test']), [tenant]);
    await pipeline.rows('delete from events.recomputations where tenant_id = $1', [tenant]);
  });

  it('holds no other store up when it fails for one, and is tried again later', async () => {
    const [broken, sound] = [await pipeline.createTenant(), await pipeline.createTenant()];
    const engine: Engine = {
      name: 'test',
      handlers: {},
      async recompute({ tenantId }) {
        if (tenantId === broken) throw new Error('this store’s figures break the rules');
      },
    };
    await ask(broken, newId());
    await ask(sound, newId());

    const loop = startRecomputeLoop(ctx, [engine]);
    await eventually(async () => (await asked(sound)).length === 0);
    await eventually(async () => (await asked(broken))[0]!.due_at.getTime() > Date.now() + 60_000);
    await loop.stop();
  });
});
