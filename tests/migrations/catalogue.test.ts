import assert from 'node:assert/strict';
import pg from 'pg';
import { createTestDatabase, type TestDatabase } from '#tests/support/database.ts';

const SCHEMAS = `('platform', 'construction', 'engines', 'events')`;

/** Every table whose rows belong to one tenant: it says so by a tenant_id that is never null. */
const TENANT_TABLES = `
  select c.oid, format('%I.%I', n.nspname, c.relname) as name
    from pg_class c
    join pg_namespace n on n.oid = c.relnamespace and n.nspname in ${SCHEMAS}
    join pg_attribute a on a.attrelid = c.oid and a.attname = 'tenant_id' and a.attnotnull and not a.attisdropped
   where c.relkind in ('r', 'p')`;

/** Unique over all tenants on purpose: a position in the outbox names no tenant's data, a host leads to one store of all. */
const GLOBAL_UNIQUES = ['events.outbox(seq)', 'platform.domains(host)'];

/** Names no row that must exist: an answer is kept for a day, whatever becomes of the person who asked for it. */
const NO_REFERENCES = ['idempotency_keys.user_id'];

describe('the catalogue', () => {
  let database: TestDatabase;
  let client: pg.Client;

  before(async () => {
    database = await createTestDatabase();
    client = new pg.Client({ connectionString: database.superuserUrl });
    await client.connect();
  });

  after(async () => {
    await client?.end();
    await database?.drop();
  });

  const names = async (sql: string) => (await client.query<{ name: string }>(sql)).rows.map((row) => row.name);

  it('has tenant tables in every schema that holds tenants’ rows', async () => {
    const tables = await names(TENANT_TABLES);

    for (const schema of ['platform', 'construction', 'engines', 'events'])
      assert.ok(
        tables.some((table) => table.startsWith(`${schema}.`)),
        `no tenant table found in ${schema}`,
      );
  });

  it('enables and forces row security on every tenant table', async () => {
    const open = await names(
      `select t.name from (${TENANT_TABLES}) t join pg_class c on c.oid = t.oid
        where not (c.relrowsecurity and c.relforcerowsecurity)`,
    );

    assert.deepEqual(open, []);
  });

  it('gives every tenant table a permissive policy and the restrictive guard on the tenant', async () => {
    const lacking = await names(
      `select t.name from (${TENANT_TABLES}) t
        where not exists (select from pg_policy p where p.polrelid = t.oid and p.polpermissive)
           or not exists (select from pg_policy p where p.polrelid = t.oid and not p.polpermissive and p.polname = 'tenant_guard'
                             and pg_get_expr(p.polqual, p.polrelid) = '(tenant_id = platform.current_tenant_id())'
                             and pg_get_expr(p.polwithcheck, p.polrelid) = '(tenant_id = platform.current_tenant_id())'
                             and 'bc_app'::regrole = any (p.polroles))`,
    );

    assert.deepEqual(lacking, []);
  });

  it('holds every role that serves requests either to the guard or, by name, to no tenant at all', async () => {
    const loose = await names(
      `select format('%s for %s', t.name, r.role) as name
         from (${TENANT_TABLES}) t cross join unnest(array['bc_app', 'bc_worker', 'bc_console']) as r (role)
        where not exists (select from pg_policy p
                           where p.polrelid = t.oid and p.polname in ('tenant_guard', 'every_tenant')
                             and r.role::regrole = any (p.polroles))`,
    );

    assert.deepEqual(loose, []);
  });

  it('shows every row of a tenant table only to roles that serve all tenants', async () => {
    const wide = await names(
      `select distinct format('%s to %s', t.name, r.rolname) as name
         from (${TENANT_TABLES}) t
         join pg_policy p on p.polrelid = t.oid and p.polpermissive and pg_get_expr(p.polqual, p.polrelid) = 'true'
         join pg_roles r on r.oid = any (p.polroles)
        where r.rolname not in ('bc_console', 'bc_relay', 'bc_owner')
          -- How far an event is, is not what it did: the worker's effects are in other schemas.
          and not (r.rolname = 'bc_worker' and t.name like 'events.%')
        order by 1`,
    );

    assert.deepEqual(wide, []);
  });

  it('starts every unique index of a tenant table with the tenant', async () => {
    const global = await names(
      `select format('%s(%s)', t.name, pg_get_indexdef(i.indexrelid, 1, true)) as name
         from (${TENANT_TABLES}) t join pg_index i on i.indrelid = t.oid and i.indisunique
        where pg_get_indexdef(i.indexrelid, 1, true) <> 'tenant_id'
          and not exists (select from pg_constraint c where c.conindid = i.indexrelid and c.contype = 'x')`,
    );

    assert.deepEqual(
      global.filter((name) => !GLOBAL_UNIQUES.includes(name)),
      [],
    );
  });

  it('carries the tenant in every reference from one tenant table to another', async () => {
    const single = await names(
      `select c.conname || ' on ' || t.name as name
         from (${TENANT_TABLES}) t
         join pg_constraint c on c.conrelid = t.oid and c.contype = 'f'
         join (${TENANT_TABLES}) target on target.oid = c.confrelid
        where (select attname from pg_attribute where attrelid = t.oid and attnum = c.conkey[1]) <> 'tenant_id'`,
    );

    assert.deepEqual(single, []);
  });

  it('has a reference behind every id by which a store’s row names another', async () => {
    const dangling = await names(
      `select format('%s.%s', c.relname, a.attname) as name
         from pg_attribute a
         join pg_class c on c.oid = a.attrelid and c.relkind = 'r' and c.relnamespace = 'construction'::regnamespace
        where a.attname like '%\\_id' and a.attname <> 'tenant_id' and a.atttypid = 'uuid'::regtype and not a.attisdropped
          and not exists (select from pg_constraint f
                           where f.conrelid = c.oid and f.contype = 'f' and a.attnum = any (f.conkey))
        order by 1`,
    );

    assert.deepEqual(dangling, NO_REFERENCES);
  });

  it('lets no service role own anything or escape row security', async () => {
    const roles = await names(
      `select rolname as name from pg_roles
        where rolname like 'bc\\_%' and (rolsuper or rolcreaterole or rolcreatedb or (rolbypassrls and rolname <> 'bc_backup'))`,
    );
    const owned = await names(
      `select format('%I.%I', n.nspname, c.relname) as name from pg_class c
         join pg_namespace n on n.oid = c.relnamespace and n.nspname in ${SCHEMAS}
        where c.relowner <> 'bc_owner'::regrole`,
    );

    assert.deepEqual(roles, []);
    assert.deepEqual(owned, []);
  });

  it('keeps the engines out of the stores’ tables, the relay out of all but the outbox, and nobody may truncate', async () => {
    const rights = await names(
      `select format('%s on %I.%I', g.grantee, g.table_schema, g.table_name) as name
         from information_schema.role_table_grants g
        where (g.grantee = 'bc_worker' and g.table_schema = 'construction')
           or (g.grantee = 'bc_relay' and g.table_schema in ('construction', 'engines'))
           or (g.grantee like 'bc\\_%' and g.grantee <> 'bc_owner' and g.privilege_type = 'TRUNCATE')`,
    );

    assert.deepEqual(rights, []);
  });

  it('keeps what was done: no service role updates or deletes audit rows', async () => {
    const rights = await names(
      `select format('%s %s %I.%I', grantee, privilege_type, table_schema, table_name) as name
         from information_schema.role_table_grants
        where table_name = 'audit_log' and grantee like 'bc\\_%' and grantee <> 'bc_owner'
          and privilege_type not in ('SELECT', 'INSERT')`,
    );

    assert.deepEqual(rights, []);
  });

  it('uses timestamptz and numeric: no naive times, no binary floats', async () => {
    const columns = await names(
      `select format('%I.%I.%I %s', table_schema, table_name, column_name, data_type) as name
         from information_schema.columns
        where table_schema in ${SCHEMAS} and table_name not like 'migrations%'
          and data_type in ('timestamp without time zone', 'real', 'double precision', 'money')`,
    );

    assert.deepEqual(columns, []);
  });

  it('pins the search path of every function that runs with its owner’s rights', async () => {
    const loose = await names(
      `select p.oid::regprocedure::text as name from pg_proc p
         join pg_namespace n on n.oid = p.pronamespace and n.nspname in ${SCHEMAS}
        where p.prosecdef and not exists (select from unnest(p.proconfig) c where c like 'search_path=%')`,
    );

    assert.deepEqual(loose, []);
  });
});
