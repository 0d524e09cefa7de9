import type { Knex } from 'knex';

/**
 * How a store leaves: it is copied, then erased, by functions that know every tenant table from the catalogue, so that
 * none can be forgotten.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(LEAVING_POLICY);
  await knex.raw(EXPORTS);
  await knex.raw(TENANT_TABLES);
  await knex.raw(LEAVING);
  await knex.raw(draftGuard({ letsOwnerErase: true }));
  await knex.raw(COUNTS_STAY);
  await knex.raw(jobLinks({ leaveWithJob: true }));
}

/**
 * The owner of the tables may read and erase the rows of the tenant that a transaction has entered, for the functions
 * below. Tables isolated from now on get the policy with the others.
 */
const LEAVING_POLICY = `
  alter procedure platform.isolate_tenant_table(regclass, name[], name[]) rename to guard_tenant_table;
  create procedure platform.let_tenants_leave(target regclass) language plpgsql as $$
  begin
    execute format('create policy leaving_tenant on %s for all to bc_owner
      using (tenant_id = platform.current_tenant_id()) with check (tenant_id = platform.current_tenant_id())', target);
  end $$;
  create procedure platform.isolate_tenant_table(target regclass, tenant_roles name[], all_tenant_roles name[] default '{}')
  language plpgsql as $$
  begin
    call platform.guard_tenant_table(target, tenant_roles, all_tenant_roles);
    call platform.let_tenants_leave(target);
  end $$;
  do $$
  declare
    target regclass;
  begin
    for target in select polrelid from pg_policy where polname = 'tenant_guard' loop
      call platform.let_tenants_leave(target);
    end loop;
  end $$;`;

/** A copy of everything a store had, read back and compared before anything of it was erased. */
const EXPORTS = `
  create table platform.tenant_exports (
    tenant_id uuid not null references platform.tenants (id),
    id uuid not null,
    job_id uuid not null,
    file_name text not null,
    bytes bigint not null check (bytes > 0),
    sha256 text not null check (sha256 ~ '^[0-9a-f]{64}$'),
    row_counts jsonb not null check (jsonb_typeof(row_counts) = 'object'),
    created_at timestamptz not null,
    verified_at timestamptz,
    primary key (tenant_id, id),
    unique (tenant_id, job_id)
  );
  call platform.isolate_tenant_table('platform.tenant_exports', '{}', '{bc_console}');
  grant select, insert, update, delete on platform.tenant_exports to bc_console;`;

/**
 * Every table with rows of tenants, those first to which no other refers: the order in which rows can be erased. The audit
 * log and the names stay when a store is gone.
 */
const TENANT_TABLES = `
  create function platform.list_tenant_tables() returns table (target regclass, name text)
  language sql stable set search_path = pg_catalog as $$
    with recursive
    tables as (
      select c.oid, format('%s.%s', n.nspname, c.relname) as name
        from pg_class c
        join pg_namespace n on n.oid = c.relnamespace
         and n.nspname in ('platform', 'construction', 'engines', 'events')
        join pg_attribute a on a.attrelid = c.oid and a.attname = 'tenant_id' and not a.attisdropped
       where c.relkind = 'r' and format('%s.%s', n.nspname, c.relname) not in ('platform.audit_log', 'platform.slugs')),
    links as (
      select distinct k.conrelid as child, k.confrelid as parent
        from pg_constraint k
       where k.contype = 'f' and k.conrelid <> k.confrelid
         and k.conrelid in (select oid from tables) and k.confrelid in (select oid from tables)),
    depths as (
      select oid, 0 as depth from tables
      union
      select l.parent, d.depth + 1 from depths d join links l on l.child = d.oid where d.depth < 100)
    select t.oid::regclass, t.name from tables t join depths d on d.oid = t.oid
     group by t.oid, t.name order by max(d.depth), t.name $$;
  grant execute on function platform.list_tenant_tables() to bc_console;`;

/**
 * All of it in the current tenant of the transaction; what a store must be for it is checked here too. Columns that hold a
 * secret are in no copy: nobody can read back a password hash.
 */
const LEAVING = `
  create function platform.leaving_table(wanted text, required_status text) returns regclass
  language plpgsql stable security definer set search_path = pg_catalog as $$
  declare
    found regclass := (select l.target from platform.list_tenant_tables() l where l.name = wanted);
  begin
    if found is null then
      raise exception '% is no tenant table', wanted using errcode = '42501';
    end if;
    if not exists (select from platform.tenants t
                    where t.id = platform.current_tenant_id() and t.status = required_status) then
      raise exception 'the tenant is not %', required_status using errcode = '42501';
    end if;
    return found;
  end $$;

  create function platform.open_tenant_rows(wanted text) returns refcursor
  language plpgsql security definer set search_path = pg_catalog as $$
  declare
    opened refcursor;
  begin
    open opened for execute format(
      'select (to_jsonb(t) - ''password_hash'' #- ''{payload,passwordHash}'')::text as line from %s t where t.tenant_id = platform.current_tenant_id()',
      platform.leaving_table(wanted, 'archived'));
    return opened;
  end $$;

  create function platform.erase_tenant_rows(wanted text, at_most int) returns int
  language plpgsql security definer set search_path = pg_catalog as $$
  declare
    erased int;
  begin
    execute format('delete from %1$s where ctid = any (array(
                      select t.ctid from %1$s t where t.tenant_id = platform.current_tenant_id() limit %2$s))',
                   platform.leaving_table(wanted, 'deleted'), at_most);
    get diagnostics erased = row_count;
    return erased;
  end $$;

  create function platform.measure_tenant() returns table (name text, row_count bigint, bytes bigint)
  language plpgsql stable security definer set search_path = pg_catalog as $$
  declare
    listed record;
  begin
    for listed in select * from platform.list_tenant_tables() loop
      name := listed.name;
      execute format('select count(*), coalesce(sum(pg_column_size(t.*)), 0) from %s t
                       where t.tenant_id = platform.current_tenant_id()', listed.target) into row_count, bytes;
      return next;
    end loop;
  end $$;
  grant execute on function platform.open_tenant_rows(text), platform.erase_tenant_rows(text, int),
    platform.measure_tenant() to bc_console;`;

/** What was counted for a store stays counted when its rows are gone, or the lag of the others would be wrong. */
const COUNTS_STAY = `
  alter table events.consumer_groups add column erased_count bigint not null default 0;
  create function events.keep_erased_counts() returns trigger
  language plpgsql security definer set search_path = pg_catalog as $$
    begin
      update events.consumer_groups g set erased_count = g.erased_count + old.processed where g.name = old.consumer_group;
      return null;
    end $$;
  create trigger counts_outlive_tenants after delete on events.group_counts
    for each row execute function events.keep_erased_counts();`;

/** The owner of the tables changes no quote: when it deletes an item, it erases a store that is gone. */
function draftGuard({ letsOwnerErase }: { letsOwnerErase: boolean }): string {
  return `
  create or replace function construction.require_draft_quote() returns trigger language plpgsql as $$
    declare
      item construction.quote_items := coalesce(new, old);
    begin
      if ${letsOwnerErase ? `not (tg_op = 'DELETE' and current_user = 'bc_owner') and ` : ''}not exists (
                     select from construction.quotes q
                      where q.tenant_id = item.tenant_id and q.id = item.quote_id and q.status = 'draft') then
        raise exception 'items of quote % are frozen', item.quote_id using errcode = '23514';
      end if;
      return item;
    end $$;`;
}

/** A store's jobs go with it and take their steps along; the edges' history, which names them, stays. */
function jobLinks({ leaveWithJob }: { leaveWithJob: boolean }): string {
  const onDelete = leaveWithJob ? `case when link.attnotnull then 'cascade' else 'set null' end` : `'no action'`;
  return `
  do $$
  declare
    link record;
  begin
    for link in select k.conrelid::regclass as source, k.conname, a.attname, a.attnotnull
                  from pg_constraint k join pg_attribute a on a.attrelid = k.conrelid and a.attnum = k.conkey[1]
                 where k.contype = 'f' and k.confrelid = 'platform.jobs'::regclass loop
      execute format('alter table %s drop constraint %I', link.source, link.conname);
      execute format('alter table %s add constraint %I foreign key (%I) references platform.jobs (id) on delete %s',
                     link.source, link.conname, link.attname, ${onDelete});
    end loop;
  end $$;`;
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(jobLinks({ leaveWithJob: false }));
  await knex.raw(`
    drop trigger counts_outlive_tenants on events.group_counts;
    drop function events.keep_erased_counts();
    alter table events.consumer_groups drop column erased_count;
  `);
  await knex.raw(draftGuard({ letsOwnerErase: false }));
  await knex.raw(`
    drop function platform.measure_tenant(), platform.erase_tenant_rows(text, int), platform.open_tenant_rows(text),
                  platform.leaving_table(text, text), platform.list_tenant_tables();
    drop table platform.tenant_exports;
    do $$
    declare
      target regclass;
    begin
      for target in select polrelid from pg_policy where polname = 'leaving_tenant' loop
        execute format('drop policy leaving_tenant on %s', target);
      end loop;
    end $$;
    drop procedure platform.isolate_tenant_table(regclass, name[], name[]);
    drop procedure platform.let_tenants_leave(regclass);
    alter procedure platform.guard_tenant_table(regclass, name[], name[]) rename to isolate_tenant_table;
  `);
}
