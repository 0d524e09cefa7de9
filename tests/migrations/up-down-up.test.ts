import assert from 'node:assert/strict';
import pg from 'pg';
import { migrateToLatest, rollbackAll, stepMigration } from '#platform/db/migrate.ts';
import { silentLogger } from '#platform/log/index.ts';
import { createTestDatabase, type TestDatabase } from '#tests/support/database.ts';
import { eventually } from '#tests/support/eventually.ts';

const OBJECTS = `
  select format('%s %I.%I', c.relkind, n.nspname, c.relname) as name
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
   where n.nspname in ('platform', 'construction', 'engines', 'events') and c.relname not like 'migrations%'
  union all
  select 'function ' || p.oid::regprocedure::text
    from pg_proc p join pg_namespace n on n.oid = p.pronamespace
   where n.nspname in ('platform', 'construction', 'engines', 'events')
  union all
  select format('policy %s on %s: %s', p.polname, p.polrelid::regclass, pg_get_expr(p.polqual, p.polrelid)) from pg_policy p
    join pg_class c on c.oid = p.polrelid
    join pg_namespace n on n.oid = c.relnamespace and n.nspname <> 'graphile_worker'
  union all
  select format('%s %s on %I.%I', grantee, privilege_type, table_schema, table_name)
    from information_schema.role_table_grants
   where table_schema in ('platform', 'construction', 'engines', 'events') and table_name not like 'migrations%'
  union all
  select format('%s %s on %I.%I.%I', grantee, privilege_type, table_schema, table_name, column_name)
    from information_schema.column_privileges
   where table_schema in ('platform', 'construction', 'engines', 'events') and table_name not like 'migrations%'
     and grantee <> 'bc_owner'
  union all
  select format('trigger %s on %s', t.tgname, t.tgrelid::regclass) from pg_trigger t
    join pg_class c on c.oid = t.tgrelid join pg_namespace n on n.oid = c.relnamespace
   where n.nspname in ('platform', 'construction', 'engines', 'events') and not t.tgisinternal
   order by 1`;

const WAITING_MIGRATORS = `
  select from pg_locks where locktype = 'advisory' and not granted
     and database = (select oid from pg_database where datname = current_database())`;

describe('migrations', function () {
  this.timeout(60_000);
  let database: TestDatabase;

  before(async () => {
    database = await createTestDatabase();
  });

  after(() => database?.drop());

  const objects = async () => {
    const client = new pg.Client({ connectionString: database.superuserUrl });
    await client.connect();
    const { rows } = await client.query<{ name: string }>(OBJECTS);
    await client.end();
    return rows.map((row) => row.name);
  };

  it('go up, down and up again to the same schema', async () => {
    const first = await objects();

    await rollbackAll(database.url('bc_migrate'));
    const empty = await objects();
    await migrateToLatest(database.url('bc_migrate'), silentLogger);

    assert.ok(first.length > 50);
    assert.deepEqual(empty, []);
    assert.deepEqual(await objects(), first);
  });

  it('each take back what they brought, and nothing else', async () => {
    const url = database.url('bc_migrate');
    await rollbackAll(url);
    const steps = [{ name: 'none', after: await objects() }];
    for (let name = await stepMigration(url, 'up'); name; name = await stepMigration(url, 'up'))
      steps.push({ name, after: await objects() });

    for (let at = steps.length - 1; at > 0; at--) {
      assert.equal(await stepMigration(url, 'down'), steps[at]!.name);
      assert.deepEqual(await objects(), steps[at - 1]!.after, steps[at]!.name);
    }
    assert.ok(steps.length > 10);
  });

  it('let two migrators at once take turns', async () => {
    const url = database.url('bc_migrate');
    await rollbackAll(url);
    await stepMigration(url, 'up');
    const watcher = new pg.Client({ connectionString: database.superuserUrl });
    await watcher.connect();
    // Keeps whoever comes first at work until both are there.
    await watcher.query('begin; lock table platform.migrations');

    const running = Promise.all([1, 2].map(() => migrateToLatest(url, silentLogger)));
    await eventually(async () => (await watcher.query(WAITING_MIGRATORS)).rowCount === 1);
    await watcher.query('commit');

    const counts = (await running).map((names) => names.length).toSorted((a, b) => a - b);
    await watcher.end();
    assert.equal(counts[0], 0);
    assert.ok(counts[1]! > 0);
  });
});
