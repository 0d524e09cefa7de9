import assert from 'node:assert/strict';
import {
  countActiveUsers,
  countSignedIn,
  deactivateUser,
  endAllSessions,
  getUser,
  inviteUser,
  listUsers,
  reactivateUser,
  resetPassword,
  signIn,
  type UserRole,
} from '#domain/construction/users/index.ts';
import { createLoginThrottle } from '#platform/auth/throttle.ts';
import type { Context } from '#platform/context.ts';
import { openDatabase, withTenant, type Database } from '#platform/db/index.ts';
import { newId } from '#platform/ids.ts';
import { silentLogger } from '#platform/log/index.ts';
import { openConsoleDatabase, type ConsoleDatabase } from '#tests/support/console-database.ts';
import { aLiveTenant, auditOf, coded } from '#tests/support/tenants.ts';

describe('the people of a store, looked after by operators', () => {
  let database: ConsoleDatabase;
  let ctx: Context;
  let app: Database;
  let tenantId: string;

  before(async () => {
    database = await openConsoleDatabase();
    ctx = database.ctx;
    app = openDatabase({ url: database.appUrl, poolMax: 2, applicationName: 'test', log: silentLogger });
  });
  after(async () => {
    await app?.stop();
    await database?.drop();
  });
  beforeEach(async () => {
    tenantId = (await aLiveTenant(ctx)).id;
  });

  let invited = 0;
  const invite = (role: UserRole = 'salesperson', email = `ana-${++invited}@loja.example`) =>
    inviteUser(ctx, tenantId, { name: 'Ana', email, role });
  /** As the store's application does it, with its own database role. */
  const enter = (email: string, password: string) =>
    signIn({ ...ctx, db: app.db }, createLoginThrottle(app.pool, 'store'), {
      tenantId,
      email,
      password,
      lifetimeMs: 3_600_000,
      ip: '10.0.0.1',
      userAgent: undefined,
    });
  const storeAudit = async () => {
    const { rows } = await app.db.transaction(async (trx) => {
      await trx.raw(`select set_config('app.tenant_id', ?, true)`, [tenantId]);
      return trx.raw<{ rows: { action: string }[] }>('select action from construction.audit_log order by id');
    });
    return rows.map(({ action }) => action);
  };

  it('come in with a one-time password that they must replace, told in both audit logs without it', async () => {
    const { user, password } = await invite('manager', 'Bia@Loja.example');

    const session = await enter('bia@loja.example', password);
    assert.equal(session.user.mustChangePassword, true);
    assert.deepEqual([user.role, user.active, user.isInvited], ['manager', true, true]);
    assert.deepEqual(await auditOf(ctx, tenantId), ['user.invited']);
    assert.deepEqual(await storeAudit(), ['user.invited', 'session.started']);
    const audited = JSON.stringify(await ctx.db('platform.audit_log').where({ tenant_id: tenantId }));
    assert.ok(!audited.includes(password) && !audited.includes('argon2'));
  });

  it('have one address each, however it is written', async () => {
    await invite('salesperson', 'caio@loja.example');

    await assert.rejects(invite('driver', 'CAIO@loja.example'), coded('email_taken'));
    assert.deepEqual(
      (await listUsers(ctx, tenantId)).map(({ email }) => email),
      ['caio@loja.example'],
    );
  });

  it('are as many as the plan allows, also when two are invited at once, or one comes back', async () => {
    const { user: first } = await invite();
    for (let count = 2; count <= 9; count++) await invite();

    const results = await Promise.allSettled([invite(), invite(), invite()]);
    assert.equal(results.filter(({ status }) => status === 'fulfilled').length, 1);
    await assert.rejects(invite(), { code: 'user_limit_reached', members: { users: 10, max_users: 10 } });

    await deactivateUser(ctx, tenantId, first.id);
    await invite();
    await assert.rejects(reactivateUser(ctx, tenantId, first.id), coded('user_limit_reached'));
    assert.equal(await countActiveUsers(ctx, tenantId), 10);
  });

  it('get a new one-time password that ends their sessions, theirs alone', async () => {
    const ana = await invite('admin', 'ana@loja.example');
    const bia = await invite('admin', 'bia@loja.example');
    await enter('ana@loja.example', ana.password);
    await enter('bia@loja.example', bia.password);
    assert.equal(await countSignedIn(ctx, tenantId), 2);

    const { password } = await resetPassword(ctx, tenantId, ana.user.id);

    assert.equal(await countSignedIn(ctx, tenantId), 1);
    await assert.rejects(enter('ana@loja.example', ana.password), coded('wrong_credentials'));
    assert.equal((await enter('ana@loja.example', password)).user.mustChangePassword, true);
    assert.equal((await auditOf(ctx, tenantId)).at(-1), 'user.password_reset');
  });

  it('stay out while they are deactivated, and the last admin cannot be', async () => {
    const admin = await invite('admin', 'ana@loja.example');
    const seller = await invite('salesperson', 'caio@loja.example');
    await enter('caio@loja.example', seller.password);

    await assert.rejects(deactivateUser(ctx, tenantId, admin.user.id), coded('last_admin'));
    const out = await deactivateUser(ctx, tenantId, seller.user.id);
    await deactivateUser(ctx, tenantId, seller.user.id);

    assert.equal(out.active, false);
    assert.equal(await countSignedIn(ctx, tenantId), 0);
    await assert.rejects(enter('caio@loja.example', seller.password), coded('wrong_credentials'));
    await reactivateUser(ctx, tenantId, seller.user.id);
    await enter('caio@loja.example', seller.password);
    assert.deepEqual((await auditOf(ctx, tenantId)).slice(2), ['user.deactivated', 'user.reactivated']);
  });

  it('are all signed out at once', async () => {
    const { password } = await invite('admin', 'ana@loja.example');
    await enter('ana@loja.example', password);
    await enter('ana@loja.example', password);

    assert.equal(await endAllSessions(ctx, tenantId), 2);
    assert.equal(await endAllSessions(ctx, tenantId), 0);
    assert.equal(await countSignedIn(ctx, tenantId), 0);
  });

  it('are nobody else’s: another store’s person is not found', async () => {
    const { user } = await invite('admin');
    const other = await aLiveTenant(ctx);

    for (const id of [user.id, newId(), 'nonsense']) {
      await assert.rejects(getUser(ctx, other.id, id), coded('user_not_found'));
      await assert.rejects(resetPassword(ctx, other.id, id), coded('user_not_found'));
    }
  });

  it('keep their password hashes to themselves: the console cannot read one', async () => {
    await invite('admin');

    await assert.rejects(
      withTenant(ctx, tenantId, (tx) => tx.db('construction.users').select('password_hash')),
      /permission denied/,
    );
  });
});
