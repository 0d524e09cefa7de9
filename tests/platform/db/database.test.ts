import assert from 'node:assert/strict';
import { openDatabase } from '#platform/db/index.ts';
import { silentLogger } from '#platform/log/index.ts';
import { createTestDatabase, type TestDatabase } from '#tests/support/database.ts';

describe('openDatabase', () => {
  let database: TestDatabase;

  before(async () => {
    database = await createTestDatabase();
  });
  after(() => database.drop());

  it('stops when the queries that still run are done, and lets them finish', async () => {
    const opened = openDatabase({
      url: database.url('bc_app'),
      poolMax: 2,
      applicationName: 'test',
      log: silentLogger,
    });
    await opened.ping();
    const running = opened.db.raw('select pg_sleep(0.1), 7 as answer');
    // A query of knex begins when someone waits for it.
    const result = running.then(({ rows }: { rows: { answer: number }[] }) => rows[0]!.answer);
    await opened.ping();

    await opened.stop();

    assert.equal(await result, 7);
  });
});
