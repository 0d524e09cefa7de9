import assert from 'node:assert/strict';
import pg from 'pg';
import { migrateToLatest, rollbackAll } from '#platform/db/migrate.ts';
import { silentLogger } from '#platform/log/index.ts';
import { createTestDatabase, type TestDatabase } from '#tests/support/database.ts';

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
   order by 1`;

describe('migrations', () => {
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

  it('let two migrators at once take turns', async () => {
    await rollbackAll(database.url('bc_migrate'));

    const ran = await Promise.all([1, 2].map(() => migrateToLatest(database.url('bc_migrate'), silentLogger)));

    const counts = ran.map((names) => names.length).toSorted((a, b) => a - b);
    assert.equal(counts[0], 0);
    assert.ok(counts[1]! > 0);
  });
});
