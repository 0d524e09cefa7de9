import assert from 'node:assert/strict';
import { createLoginThrottle } from '#platform/auth/throttle.ts';
import { openDatabase, type Database } from '#platform/db/index.ts';
import { RateLimited } from '#platform/errors.ts';
import { silentLogger } from '#platform/log/index.ts';
import { createTestDatabase, type TestDatabase } from '#tests/support/database.ts';

describe('the login throttle', () => {
  let testDatabase: TestDatabase;
  let database: Database;
  const open = (url: string) => openDatabase({ url, poolMax: 4, applicationName: 'test', log: silentLogger });

  before(async () => {
    testDatabase = await createTestDatabase();
    database = open(testDatabase.url('bc_console'));
  });
  after(async () => {
    await database.stop();
    await testDatabase.drop();
  });

  it('lets five tries of an account through, also when they come at once', async () => {
    const throttle = createLoginThrottle(database.pool, 'console');
    const tries = Array.from({ length: 12 }, () => throttle.attempt('Olivia@example.com ', '10.0.0.1'));

    const outcomes = await Promise.allSettled(tries);

    assert.equal(outcomes.filter(({ status }) => status === 'fulfilled').length, 5);
    for (const outcome of outcomes)
      if (outcome.status === 'rejected')
        assert.ok(outcome.reason instanceof RateLimited && outcome.reason.status === 429);
  });

  it('counts for all processes alike and survives a restart', async () => {
    const first = createLoginThrottle(database.pool, 'console');
    for (let i = 0; i < 5; i++) await first.attempt('sam@example.com', '10.0.0.2');

    await assert.rejects(createLoginThrottle(database.pool, 'console').attempt('SAM@example.com', '10.0.0.3'), {
      code: 'rate_limited',
    });
  });

  it('lets thirty tries of an address through, whatever the accounts', async () => {
    const throttle = createLoginThrottle(database.pool, 'console');
    for (let i = 0; i < 30; i++) await throttle.attempt(`someone-${i}@example.com`, '10.0.0.4');

    await assert.rejects(throttle.attempt('another@example.com', '10.0.0.4'), RateLimited);
    await throttle.attempt('another@example.com', '10.0.0.5');
  });

  it('forgets the tries of an account whose password was right', async () => {
    const throttle = createLoginThrottle(database.pool, 'console');
    for (let i = 0; i < 4; i++) await throttle.attempt('typo@example.com', '10.0.0.6');

    await throttle.forgive('typo@example.com', '10.0.0.6');

    for (let i = 0; i < 5; i++) await throttle.attempt('typo@example.com', '10.0.0.6');
  });

  it('names no account in its table, and shows a store’s process no counter of the console', async () => {
    const store = open(testDatabase.url('bc_app'));
    try {
      await createLoginThrottle(store.pool, 'store').attempt('ana@acme.example', '10.0.0.7');

      const ofConsole: string[] = await database.db('platform.login_throttle').pluck('key');
      const ofStore: string[] = await store.db('platform.login_throttle').pluck('key');
      assert.ok(ofConsole.length > 0 && ofConsole.every((key) => key.startsWith('console-') && !key.includes('@')));
      assert.ok(ofStore.length === 2 && ofStore.every((key) => key.startsWith('store-')));
      await assert.rejects(
        store.db('platform.login_throttle').insert({ key: 'console-account:x' }),
        /row-level security/,
      );
    } finally {
      await store.stop();
    }
  });

  it('goes on counting in memory while PostgreSQL is away', async () => {
    const away = open('postgresql://bc_console@127.0.0.1:1/nowhere');
    const throttle = createLoginThrottle(away.pool, 'console');
    try {
      for (let i = 0; i < 5; i++) await throttle.attempt('olivia@example.com', '10.0.0.8');
      await assert.rejects(throttle.attempt('olivia@example.com', '10.0.0.8'), RateLimited);
    } finally {
      await away.stop();
    }
  });
});
