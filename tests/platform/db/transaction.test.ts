import assert from 'node:assert/strict';
import { systemClock } from '#platform/clock.ts';
import { createContext, type Context } from '#platform/context.ts';
import { openDatabase, refuseUnsafeRole, withTenant, withTransaction, type Database } from '#platform/db/index.ts';
import { newId } from '#platform/ids.ts';
import { silentLogger } from '#platform/log/index.ts';
import { createTestDatabase, type TestDatabase } from '#tests/support/database.ts';

const POOL_MAX = 3;

describe('transactions', () => {
  let testDatabase: TestDatabase;
  let app: Database;
  let console: Database;
  let ctx: Context;
  const [acme, globex] = [newId(), newId()];

  const open = (url: string) => openDatabase({ url, poolMax: POOL_MAX, applicationName: 'test', log: silentLogger });
  const contextOn = (database: Database) =>
    createContext({
      db: database.db,
      log: silentLogger,
      clock: systemClock,
      actor: { kind: 'system', label: 'test' },
      requestId: 'test-request',
    });
  const visibleBranding = (tx: Context) => tx.db('platform.tenant_branding').pluck<string[]>('tenant_id');

  before(async () => {
    testDatabase = await createTestDatabase();
    app = open(testDatabase.url('bc_app'));
    console = open(testDatabase.url('bc_console'));
    ctx = contextOn(app);
    const now = new Date();
    for (const [id, slug] of [
      [acme, 'acme'],
      [globex, 'globex'],
    ]) {
      await console.db('platform.tenants').insert({
        id,
        slug,
        name: slug,
        status: 'live',
        status_changed_at: now,
        admin_email: 'a@b.c',
        created_at: now,
        updated_at: now,
      });
      await console.db('platform.tenant_branding').insert({ tenant_id: id, updated_at: now });
    }
  });

  after(async () => {
    await app?.stop();
    await console?.stop();
    await testDatabase?.drop();
  });

  describe('withTenant', () => {
    it('shows the rows of that tenant and no others', async () => {
      assert.deepEqual(await withTenant(ctx, acme, visibleBranding), [acme]);
      assert.deepEqual(await withTenant(ctx, globex, visibleBranding), [globex]);
    });

    it('knows of no other tenant than that one, and of none outside', async () => {
      const visibleTenants = (tx: Context) => tx.db('platform.tenants').pluck<string[]>('id');

      assert.deepEqual(await withTenant(ctx, globex, visibleTenants), [globex]);
      assert.deepEqual(await visibleTenants(ctx), []);
    });

    it('leaves a connection that shows nothing, after success, error, cancelled query and many interleaved tenants', async () => {
      const runs = Array.from({ length: 300 }, async (_, index) => {
        const tenant = index % 2 === 0 ? acme : globex;
        const outcome = withTenant(ctx, tenant, async (tx) => {
          assert.deepEqual(await visibleBranding(tx), [tenant]);
          if (index % 5 === 0) throw new Error('rolled back');
          if (index % 7 === 0) await tx.db.raw(`set local statement_timeout = 1; select pg_sleep(1)`);
        });
        await outcome.catch((error: Error) => assert.match(error.message, /rolled back|statement timeout/));
        assert.deepEqual(await visibleBranding(ctx), []);
      });

      await Promise.all(runs);

      const settings = await app.db.raw<{ rows: { value: string | null }[] }>(
        `select current_setting('app.tenant_id', true) as value`,
      );
      assert.ok(!settings.rows[0]!.value);
    });

    it('refuses a second tenant inside the transaction of a first', async () => {
      await assert.rejects(
        withTenant(ctx, acme, (tx) => withTenant(tx, globex, visibleBranding)),
        /another tenant is already open/,
      );
    });

    it('refuses what is not an id before any query', async () => {
      await assert.rejects(withTenant(ctx, `${acme}' or true --`, visibleBranding), TypeError);
    });

    it('refuses to write a row of another tenant', async () => {
      await assert.rejects(
        withTenant(contextOn(app), acme, (tx) =>
          tx.events.publish({
            type: 'quote_created',
            version: 1,
            tenantId: globex,
            aggregate: { type: 'quote', id: newId(), version: 1 },
            payload: {},
          }),
        ),
        /row-level security/,
      );
    });
  });

  describe('withTransaction', () => {
    it('commits change and job together, or neither', async () => {
      const job = { kind: 'test.nothing', subject: 'nothing', payload: {}, steps: ['one'] };
      const consoleCtx = contextOn(console);
      const countJobs = async () => Number((await console.db('platform.jobs').count('* as n'))[0]!.n);

      await assert.rejects(
        withTransaction(consoleCtx, async (tx) => {
          await tx.jobs.enqueue(job);
          throw new Error('no');
        }),
      );
      assert.equal(await countJobs(), 0);

      await withTransaction(consoleCtx, (tx) => tx.jobs.enqueue(job));
      assert.equal(await countJobs(), 1);
    });

    it('lets nobody publish or enqueue outside a transaction', async () => {
      await assert.rejects(
        ctx.jobs.enqueue({ kind: 'x', subject: 'x', payload: {}, steps: [] }),
        /inside withTransaction/,
      );
      await assert.rejects(
        ctx.events.publish({
          type: 'x',
          version: 1,
          tenantId: acme,
          aggregate: { type: 'x', id: newId(), version: 1 },
          payload: {},
        }),
        /inside withTransaction/,
      );
    });
  });

  describe('refuseUnsafeRole', () => {
    it('accepts the service roles', async () => {
      await refuseUnsafeRole(app.db);
      await refuseUnsafeRole(console.db);
    });

    it('refuses a superuser and a role that bypasses row security', async () => {
      for (const url of [testDatabase.superuserUrl, testDatabase.url('bc_backup')]) {
        const unsafe = open(url);
        await assert.rejects(refuseUnsafeRole(unsafe.db), /bypasses row-level security/);
        await unsafe.stop();
      }
    });

    it('refuses a database in which a tenant table is open', async () => {
      const superuser = open(testDatabase.superuserUrl);
      await superuser.db.raw('alter table platform.tenant_branding no force row level security');

      await assert.rejects(refuseUnsafeRole(app.db), /platform\.tenant_branding/);

      await superuser.db.raw('alter table platform.tenant_branding force row level security');
      await superuser.stop();
    });
  });
});
