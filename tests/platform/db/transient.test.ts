import assert from 'node:assert/strict';
import { isTransientFailure, openDatabase, type Database } from '#platform/db/index.ts';
import { silentLogger } from '#platform/log/index.ts';
import { createTestDatabase, type TestDatabase } from '#tests/support/database.ts';
import { freePort } from '#tests/support/ports.ts';

describe('isTransientFailure', () => {
  let database: TestDatabase;
  let opened: Database;

  before(async () => {
    database = await createTestDatabase();
    opened = openDatabase({ url: database.url('bc_app'), poolMax: 2, applicationName: 'test', log: silentLogger });
  });
  after(async () => {
    await opened?.stop();
    await database?.drop();
  });

  const failureOf = async (work: PromiseLike<unknown>): Promise<Error> => {
    try {
      await work;
    } catch (error) {
      return error as Error;
    }
    return assert.fail('it did not fail');
  };

  it('is true when the connection is lost in a statement or between two', async () => {
    const suicide = 'select pg_terminate_backend(pg_backend_pid())';

    const alone = await failureOf(opened.db.raw(suicide));
    const inTransaction = await failureOf(opened.db.transaction((trx) => trx.raw(suicide)));

    for (const failure of [alone, inTransaction]) assert.equal(isTransientFailure(failure), true, failure.message);
    // Not PostgreSQL's own word but the driver's, behind the statement that knex could not send any more.
    assert.match(inTransaction.message, /^(BEGIN;|ROLLBACK) - Connection terminated/);
  });

  it('is true when nobody answers', async () => {
    const url = `postgresql://nobody@127.0.0.1:${await freePort()}/x`;
    const absent = openDatabase({ url, poolMax: 1, applicationName: 'test', log: silentLogger });

    assert.equal(isTransientFailure(await failureOf(absent.ping())), true);
    await absent.stop();
  });

  it('is true when somebody else held a lock for too long', async () => {
    const blocked = await opened.db.transaction(async (holder) => {
      await holder.raw('select pg_advisory_xact_lock(1)');
      return failureOf(
        opened.db.transaction(async (trx) => {
          await trx.raw(`set local lock_timeout = '20ms'`);
          await trx.raw('select pg_advisory_xact_lock(1)');
        }),
      );
    });

    assert.equal(isTransientFailure(blocked), true, blocked.message);
  });

  it('is false when the database refused the work, or gave it up because it took too long', async () => {
    for (const statement of ['select 1 / 0', `select 'Connection terminated'::int`])
      assert.equal(isTransientFailure(await failureOf(opened.db.raw(statement))), false, statement);

    const tooLong = opened.db.transaction(async (trx) => {
      await trx.raw('set local statement_timeout to 1');
      await trx.raw('select pg_sleep(5)');
    });
    assert.equal(isTransientFailure(await failureOf(tooLong)), false);
  });

  it('is false for whatever else is thrown', () => {
    for (const thrown of [new TypeError('not a function'), 'Connection terminated', undefined])
      assert.equal(isTransientFailure(thrown), false);
  });
});
