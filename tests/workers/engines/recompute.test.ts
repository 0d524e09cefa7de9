import assert from 'node:assert/strict';
import { listDueTenants, WHOLE_STORE, type Engine } from '#domain/engines/index.ts';
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
    const dueFor = (engines: string[]) =>
      listDueTenants(ctx.db, { engines, now: new Date(), after: WHOLE_STORE, limit: 10 });

    assert.deepEqual(await dueFor(['stock', 'sales']), []);
    assert.deepEqual(await dueFor(['stock', 'test']), [tenant]);
    await pipeline.rows('delete from events.recomputations where tenant_id = $1', [tenant]);
  });

  it('goes from store to store and round again, whatever is due for one of them', async () => {
    const tenants = [await pipeline.createTenant(), await pipeline.createTenant(), await pipeline.createTenant()];
    for (const tenant of tenants) await ask(tenant, ...Array.from({ length: 30 }, () => newId()));
    const next = (after: string, limit: number) =>
      listDueTenants(ctx.db, { engines: ['test'], now: new Date(), after, limit });

    const [first, second, third] = tenants.toSorted();
    assert.deepEqual(await next(WHOLE_STORE, 2), [first, second]);
    assert.deepEqual(await next(second!, 2), [third]);
    assert.deepEqual(await next(third!, 2), []);
    await pipeline.rows('delete from events.recomputations');
  });

  it('puts off only what fails by itself, and holds up neither its store nor another', async () => {
    const [broken, sound] = [await pipeline.createTenant(), await pipeline.createTenant()];
    const subjects = Array.from({ length: 205 }, () => newId());
    const culprit = subjects[130]!;
    const engine: Engine = {
      name: 'test',
      handlers: {},
      async recompute(lane, given) {
        if (!given.includes(culprit)) return;
        // As slow as PostgreSQL lets it be, or a violated rule.
        await lane.query({ name: 'broken', text: 'select 1 / 0', values: [] });
      },
    };
    await ask(broken, ...subjects);
    await ask(sound, newId());

    const loop = startRecomputeLoop(ctx, [engine]);
    await eventually(async () => (await asked(sound)).length === 0);
    await eventually(async () => (await asked(broken)).length === 1);
    await eventually(async () => (await asked(broken))[0]!.due_at.getTime() > Date.now() + 60_000);
    await loop.stop();
    const [left] = await pipeline.rows('select subject from events.recomputations where tenant_id = $1', [broken]);
    assert.deepEqual(left, { subject: culprit });
  });

  it('works one engine out when another fails in the same store', async () => {
    const tenant = await pipeline.createTenant();
    let worked = 0;
    const engines: Engine[] = [
      { name: 'test', handlers: {}, recompute: () => Promise.reject(new Error('broken')) },
      { name: 'other', handlers: {}, recompute: async () => void worked++ },
    ];
    await pipeline.rows(
      `insert into events.recomputations (tenant_id, engine, subject, due_at)
       select $1, e, gen_random_uuid(), now() from unnest(array['test', 'other']) e`,
      [tenant],
    );

    const loop = startRecomputeLoop(ctx, engines);
    await eventually(() => worked === 1);
    await loop.stop();
  });

  it('ends what takes so long that events of its store would wait for it', async () => {
    const tenant = await pipeline.createTenant();
    const engine: Engine = {
      name: 'test',
      handlers: {},
      recompute: async (lane) => void (await lane.query({ name: 'slow', text: 'select pg_sleep(60)', values: [] })),
    };
    await ask(tenant, newId());

    const loop = startRecomputeLoop(ctx, [engine]);
    await eventually(async () => (await asked(tenant))[0]!.due_at.getTime() > Date.now() + 60_000);
    await loop.stop();
  });
});
