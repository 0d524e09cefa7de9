import type { Db } from './database.ts';

/**
 * Refuses to go on with a role that row-level security cannot hold: a superuser, a role that bypasses RLS, or a database
 * in which a tenant table lacks ENABLE or FORCE. Every process calls it before it is ready.
 */
export async function refuseUnsafeRole(db: Db): Promise<void> {
  const role = await db
    .select<{ rolname: string; rolsuper: boolean; rolbypassrls: boolean }[]>('rolname', 'rolsuper', 'rolbypassrls')
    .from('pg_roles')
    .whereRaw('rolname = current_user')
    .first();
  if (!role || role.rolsuper || role.rolbypassrls)
    throw new UnsafeDatabaseRole(`${role?.rolname ?? 'the role'} bypasses row-level security`);
  const open = await db.raw<{ rows: { name: string }[] }>(OPEN_TENANT_TABLES);
  if (open.rows.length > 0)
    throw new UnsafeDatabaseRole(
      `tenant tables without forced row security: ${open.rows.map((r) => r.name).join(', ')}`,
    );
}

/** The database role or schema would let one tenant see another; the process must not serve. */
class UnsafeDatabaseRole extends Error {
  constructor(reason: string) {
    super(`Refusing to start: ${reason}. Use the service role of this process and run the migrations.`);
    this.name = 'UnsafeDatabaseRole';
  }
}

const OPEN_TENANT_TABLES = `
  select format('%I.%I', n.nspname, c.relname) as name
    from pg_attribute a
    join pg_class c on c.oid = a.attrelid and c.relkind in ('r', 'p')
    join pg_namespace n on n.oid = c.relnamespace and n.nspname in ('platform', 'construction', 'engines', 'events')
   where a.attname = 'tenant_id' and a.attnotnull and not a.attisdropped
     and not (c.relrowsecurity and c.relforcerowsecurity)
   order by 1`;
