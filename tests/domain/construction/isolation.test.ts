import assert from 'node:assert/strict';
import { withTenant } from '#platform/db/index.ts';
import { newId } from '#platform/ids.ts';
import { answerOnce } from '#domain/construction/idempotency/index.ts';
import type { StoreContext } from '#domain/construction/store/index.ts';
import { fillStore } from '#tests/support/sold-store.ts';
import { createStoreWorld, type StoreWorld } from '#tests/support/stores.ts';

type Table = { name: string; updatable: string | null; hasReferences: boolean };

/** Every table of the stores, as the database itself lists them: a new one is tested without anyone remembering. */
const TABLES = `
  select c.relname as name,
         exists (select from pg_constraint f join pg_class t on t.oid = f.confrelid
                  where f.conrelid = c.oid and f.contype = 'f' and t.relname <> 'tenants' and t.relname <> 'units') as "hasReferences",
         (select p.column_name from information_schema.column_privileges p
           where p.table_schema = 'construction' and p.table_name = c.relname and p.grantee = 'bc_app'
             and p.privilege_type = 'UPDATE' order by 1 limit 1) as updatable
    from pg_class c
   where c.relnamespace = 'construction'::regnamespace and c.relkind = 'r'
     and exists (select from pg_attribute a where a.attrelid = c.oid and a.attname = 'tenant_id')
   order by 1`;

const REFUSED_BY_PRIVILEGE_OR_POLICY = '42501';
const REFUSED_REFERENCES = ['23503', '23514'];

describe('two stores in one database', () => {
  let world: StoreWorld;
  let acme: StoreContext;
  let globex: StoreContext;
  let tables: Table[];

  before(async () => {
    world = await createStoreWorld();
    [acme, globex] = [await world.openStore('acme'), await world.openStore('globex')];
    await fillStore(acme);
    await answerOnce(acme, { key: 'k', route: 'POST /x', body: {} }, async () => ({ status: 200, body: {} }));
    await world.rows(
      `insert into construction.sessions (tenant_id, id, user_id, issued_at, expires_at, last_seen_at)
       values ($1, $2, $3, now(), now(), now())`,
      [acme.tenantId, newId(), acme.user.id],
    );
    tables = await world.rows<Table>(TABLES);
  });

  after(() => world.close());

  /** Runs a statement as the other store, and says how many rows it touched or with which code it was refused. */
  async function asGlobex(sql: string, values: unknown[] = []): Promise<number | string> {
    const work = withTenant(globex, globex.tenantId, async ({ db }) => {
      const { rowCount } = await db.raw<{ rowCount: number }>(sql, values as string[]);
      return rowCount;
    });
    return work.catch((error: { code: string }) => error.code);
  }

  const rowOf = async (table: string) =>
    (
      await world.rows<{ row: object }>(`select to_jsonb(t) as row from construction.${table} t where tenant_id = $1`, [
        acme.tenantId,
      ])
    )[0]?.row;

  const insert = (table: string, row: object) =>
    asGlobex(
      `insert into construction.${table} select * from jsonb_populate_record(null::construction.${table}, ?::jsonb)`,
      [JSON.stringify(row)],
    );

  it('covers every table with a row, so that nothing is proved on empty ones', async () => {
    assert.ok(tables.length >= 13, String(tables.length));
    for (const { name } of tables) assert.ok(await rowOf(name), `construction.${name} is empty`);
  });

  it('shows none of another store’s rows', async () => {
    for (const { name } of tables)
      assert.equal(await asGlobex(`select * from construction.${name} where tenant_id = ?`, [acme.tenantId]), 0, name);
  });

  it('changes none of another store’s rows', async () => {
    for (const { name, updatable } of tables) {
      const column = updatable ?? 'tenant_id';
      const sql = `update construction.${name} set ${column} = ${column} where tenant_id = ?`;
      const expected = updatable === null ? REFUSED_BY_PRIVILEGE_OR_POLICY : 0;
      assert.equal(await asGlobex(sql, [acme.tenantId]), expected, name);
    }
  });

  it('deletes none of another store’s rows', async () => {
    for (const { name } of tables) {
      const outcome = await asGlobex(`delete from construction.${name} where tenant_id = ?`, [acme.tenantId]);
      assert.ok(outcome === 0 || outcome === REFUSED_BY_PRIVILEGE_OR_POLICY, `${name}: ${outcome}`);
    }
  });

  it('writes no row into another store', async () => {
    for (const { name } of tables) {
      const row = { ...(await rowOf(name)), id: newId(), key: 'other', doc_type: 'other' };
      const outcome = await insert(name, row);
      assert.ok(
        [REFUSED_BY_PRIVILEGE_OR_POLICY, ...REFUSED_REFERENCES].includes(String(outcome)),
        `${name}: ${outcome}`,
      );
    }
  });

  it('never moves a row to another store', async () => {
    for (const { name } of tables) {
      const sql = `update construction.${name} set tenant_id = ?`;
      assert.equal(await asGlobex(sql, [acme.tenantId]), REFUSED_BY_PRIVILEGE_OR_POLICY, name);
    }
  });

  it('lets no row refer to another store’s row', async () => {
    for (const { name } of tables.filter(({ hasReferences }) => hasReferences)) {
      const outcome = await insert(name, { ...(await rowOf(name)), id: newId(), tenant_id: globex.tenantId });
      assert.ok(REFUSED_REFERENCES.includes(String(outcome)), `${name}: ${outcome}`);
    }
  });

  it('shows nothing at all to a query that entered no store', async () => {
    for (const { name } of tables) {
      const { rows } = await world.app.db.raw<{ rows: object[] }>(`select 1 from construction.${name}`);
      assert.deepEqual(rows, [], name);
    }
  });
});
