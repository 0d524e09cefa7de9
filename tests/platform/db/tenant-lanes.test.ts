import assert from 'node:assert/strict';
import { systemClock } from '#platform/clock.ts';
import { createContext, type Context } from '#platform/context.ts';
import {
  inTenantLanes,
  isTransientFailure,
  openDatabase,
  withTenant,
  withTransaction,
  type Database,
} from '#platform/db/index.ts';
import { newId } from '#platform/ids.ts';
import { silentLogger } from '#platform/log/index.ts';
import { createTestDatabase, type TestDatabase } from '#tests/support/database.ts';

const VISIBLE = {
  name: 'visible',
  text: 'select tenant_id from platform.tenant_branding',
  values: [],
};
type Branding = { tenant_id: string };

describe('tenant lanes', () => {
  let testDatabase: TestDatabase;
  let database: Database;
  let ctx: Context;
  const tenants = Array.from({ length: 40 }, () => newId());

  before(async () => {
    testDatabase = await createTestDatabase();
    const [console, app] = (['bc_console', 'bc_app'] as const).map((role) =>
      openDatabase({
        url: testDatabase.url(role),
        poolMax: 2,
        applicationName: 'test',
        log: silentLogger,
        pipeline: role === 'bc_app',
        lockTimeoutMs: 50,
      }),
    );
    database = app!;
    const now = new Date();
    for (const [n, id] of tenants.entries()) {
      await console!.db('platform.tenants').insert({
        id,
        slug: `store-${n}`,
        name: 'Store',
        status: 'live',
        status_changed_at: now,
        admin_email: 'a@b.c',
        created_at: now,
        updated_at: now,
      });
      await console!.db('platform.tenant_branding').insert({ tenant_id: id, updated_at: now });
    }
    await console!.stop();
    const actor = { kind: 'system', label: 'test' } as const;
    ctx = createContext({ db: database.db, log: silentLogger, clock: systemClock, actor, requestId: 'test' });
  });
  after(async () => {
    await database?.stop();
    await testDatabase?.drop();
  });

  it('shows each lane its own tenant, however the lanes interleave', async () => {
    const seen = new Map<string, string[]>();

    await withTransaction(ctx, (tx) =>
      inTenantLanes(tx, tenants, async (lane) => {
        for (let step = 0; step < 5; step++) {
          const rows = await lane.query<Branding>(VISIBLE);
          seen.set(lane.tenantId, [...(seen.get(lane.tenantId) ?? []), ...rows.map((row) => row.tenant_id)]);
        }
      }),
    );

    for (const tenant of tenants)
      assert.deepEqual(
        seen.get(tenant),
        Array.from({ length: 5 }, () => tenant),
      );
  });

  it('shows no tenant’s rows after the last lane', async () => {
    await withTransaction(ctx, async (tx) => {
      await inTenantLanes(tx, tenants, async (lane) => void (await lane.query(VISIBLE)));

      assert.deepEqual(await tx.db('platform.tenant_branding').pluck('tenant_id'), []);
    });
  });

  it('rolls all lanes back when one fails, and names the cause', async () => {
    const work = withTransaction(ctx, (tx) =>
      inTenantLanes(tx, tenants.slice(0, 9), async (lane) => {
        await lane.query(VISIBLE);
        if (lane.tenantId === tenants[4]) await lane.query({ name: 'fails', text: 'select 1 / 0', values: [] });
        await lane.query(VISIBLE);
      }),
    );

    await assert.rejects(work, /division by zero/);
    assert.equal((await withTenant(ctx, tenants[0]!, (tx) => tx.db('platform.tenant_branding'))).length, 1);
  });

  it('never waits crosswise with a transaction that takes the same tenants in another order', async () => {
    const work = (order: readonly string[]) =>
      withTransaction(ctx, (tx) =>
        inTenantLanes(tx, order, async (lane) => {
          await lane.query({
            name: 'own_lock',
            text: 'select pg_advisory_xact_lock(hashtext($1))',
            values: [`row of ${lane.tenantId}`],
          });
        }),
      );

    const rounds = Array.from({ length: 20 }, () => Promise.all([work(tenants), work(tenants.toReversed())]));

    assert.equal((await Promise.all(rounds)).length, 20);
  });

  it('refuses to work outside a transaction, inside another tenant’s, and for what is no id', async () => {
    const nothing = async () => {};

    await assert.rejects(inTenantLanes(ctx, tenants, nothing), /open transaction/);
    await assert.rejects(
      withTenant(ctx, tenants[0]!, (tx) => inTenantLanes(tx, [tenants[1]!], nothing)),
      /another tenant is already open/,
    );
    await assert.rejects(
      withTransaction(ctx, (tx) => inTenantLanes(tx, [`${tenants[0]}' or true --`], nothing)),
      TypeError,
    );
  });

  it('waits for a store that somebody else works for, and what takes too long speaks against nobody’s work', async () => {
    const [busy] = tenants as [string];
    const enter = () => withTransaction(ctx, (tx) => inTenantLanes(tx, [busy], () => Promise.resolve()));

    await withTransaction(ctx, async (tx) => {
      await inTenantLanes(tx, [busy], () => Promise.resolve());
      await assert.rejects(enter(), (error) => isTransientFailure(error) && /lock timeout/.test(String(error)));
    });
    await enter();
  });
});
