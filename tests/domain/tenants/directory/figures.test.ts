import assert from 'node:assert/strict';
import { createFirstUser, removeUsers, resumeSession, signIn } from '#domain/construction/users/index.ts';
import { createTenant, listTenants, type TenantSummary } from '#domain/tenants/index.ts';
import { createLoginThrottle } from '#platform/auth/throttle.ts';
import { hashPassword } from '#platform/auth/passwords.ts';
import { fixedClock } from '#platform/clock.ts';
import { createContext, type Context } from '#platform/context.ts';
import { openDatabase, withTenant, type Database } from '#platform/db/index.ts';
import { silentLogger } from '#platform/log/index.ts';
import { openConsoleDatabase, type ConsoleDatabase } from '#tests/support/console-database.ts';

const PASSWORD = 'correct horse battery staple';
const NOON = new Date('2026-11-21T15:00:00Z');

describe('the figures of a store', () => {
  let console: ConsoleDatabase;
  let app: Database;
  let store: Context;
  let tenantId: string;
  const clock = fixedClock(NOON);

  before(async () => {
    console = await openConsoleDatabase();
    app = openDatabase({ url: console.appUrl, poolMax: 2, applicationName: 'test', log: silentLogger });
    const actor = { kind: 'system' as const, label: 'test' };
    store = createContext({ db: app.db, log: silentLogger, clock, actor, requestId: 'test' });
    const admin = { name: 'Ana', email: 'ana@acme.test' };
    ({ id: tenantId } = (await createTenant(console.ctx, { slug: 'acme', name: 'Acme', admin })).tenant);
  });
  after(async () => {
    await app?.stop();
    await console?.drop();
  });

  const shown = async (): Promise<TenantSummary> => (await listTenants(console.ctx, { sort: 'slug', limit: 1 }))[0]!;
  const addUser = async (email: string) =>
    createFirstUser(console.ctx, {
      tenantId,
      name: 'Ana',
      email,
      passwordHash: await hashPassword(PASSWORD),
      mustChangePassword: false,
    });

  it('count the people who can sign in, as they come and go', async () => {
    assert.equal((await shown()).users, 0);

    await addUser('ana@acme.test');
    await addUser('bia@acme.test');
    assert.equal((await shown()).users, 2);

    const setActive = (active: boolean) =>
      withTenant(store, tenantId, (tx) =>
        tx.db('construction.users').where({ email: 'bia@acme.test' }).update({ active }),
      );
    await setActive(false);
    assert.equal((await shown()).users, 1);
    await setActive(true);
    assert.equal((await shown()).users, 2);

    await removeUsers(console.ctx, tenantId);
    assert.equal((await shown()).users, 0);
  });

  it('say when somebody last used it, to the minute, and never go back', async () => {
    await addUser('ana@acme.test');
    assert.equal((await shown()).lastActivityAt, undefined);

    const throttle = createLoginThrottle(app.pool, 'store');
    const visitor = { ip: '127.0.0.1', userAgent: undefined, lifetimeMs: 86_400_000 };
    const started = await signIn(store, throttle, { tenantId, email: 'ana@acme.test', password: PASSWORD, ...visitor });
    const { sessionId, tokenVersion } = started;
    assert.deepEqual((await shown()).lastActivityAt, NOON);

    clock.advance(6 * 60_000);
    await resumeSession(store, { tenantId, sessionId, tokenVersion, isActivity: true });
    assert.deepEqual((await shown()).lastActivityAt, clock.now());
    // Another process' clock is behind.
    await withTenant(store, tenantId, (tx) => tx.db('construction.sessions').update({ last_seen_at: NOON }));
    assert.deepEqual((await shown()).lastActivityAt, clock.now());
  });
});
