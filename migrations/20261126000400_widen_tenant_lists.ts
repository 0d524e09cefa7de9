import type { Knex } from 'knex';

/** What the list of stores needs to stay quick with ten thousand of them: search, every order, and figures of each store. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(SEARCH);
  await knex.raw(ORDERS);
  await knex.raw(FIGURES);
  await knex.raw(COUNTING);
  await knex.raw(PRESENT);
}

/**
 * Name and slug without accents and capitals, for "part of": one column answers the search and is the order by name that
 * people expect. unaccent may change only with its dictionary, which nobody does here.
 */
const SEARCH = `
  create function platform.search_text(text) returns text language sql immutable strict parallel safe
    as $$ select lower(public.unaccent('public.unaccent'::regdictionary, $1)) $$;
  grant execute on function platform.search_text(text) to bc_console;
  alter table platform.tenants
    add column search_text text collate "C" generated always as (platform.search_text(name || E'\\n' || slug)) stored;
  create index tenants_by_text on platform.tenants using gin (search_text public.gin_trgm_ops) with (fastupdate = off);`;

/** attention: what an operator should see first has the highest number. */
const ORDERS = `
  alter table platform.tenants add column attention smallint generated always as (
    case status when 'failed' then 7 when 'provisioning' then 6 when 'renaming' then 5 when 'suspended' then 4
                when 'live' then 3 when 'archived' then 2 else 1 end) stored;
  create index tenants_in_name_order on platform.tenants (search_text, id);
  create index tenants_in_slug_order on platform.tenants (slug collate "C", id);
  create index tenants_by_attention on platform.tenants (attention desc, id desc);
  create index tenants_by_plan on platform.tenants (plan, created_at desc, id desc);
  create index edge_files_failing on platform.edge_files (tenant_id) where probe_error is not null;
  create index edge_files_unconfirmed on platform.edge_files (tenant_id) where confirmed_at is null;`;

/**
 * One row a store, for as long as the store has one itself: a part of that row which changes by the minute, kept apart so
 * that people at work never wait for an operator's change of the store. '-infinity' is never, so that it can be sorted.
 */
const FIGURES = `
  create table platform.tenant_figures (
    id uuid primary key references platform.tenants (id),
    users int not null default 0,
    last_activity_at timestamptz not null default '-infinity'
  ) with (fillfactor = 80);
  create index tenant_figures_by_activity on platform.tenant_figures (last_activity_at desc, id desc);
  alter table platform.tenant_figures enable row level security;
  alter table platform.tenant_figures force row level security;
  create policy every_tenant on platform.tenant_figures for all to bc_console using (true) with check (true);
  create policy counting on platform.tenant_figures for all to bc_owner using (true) with check (true);
  grant select, insert on platform.tenant_figures to bc_console;`;

/** The store's own roles may not write figures: the owner of the table does it for them. */
const COUNTING = `
  create function platform.add_tenant_figures() returns trigger language plpgsql as $$
    begin
      insert into platform.tenant_figures (id) values (new.id);
      return null;
    end $$;
  create trigger tenants_have_figures after insert on platform.tenants
    for each row execute function platform.add_tenant_figures();

  create function platform.count_tenant_users() returns trigger
  language plpgsql security definer set search_path = pg_catalog as $$
    declare
      change int := case when tg_op <> 'DELETE' and new.active then 1 else 0 end
                  - case when tg_op <> 'INSERT' and old.active then 1 else 0 end;
    begin
      if change <> 0 then
        update platform.tenant_figures set users = users + change where id = coalesce(new.tenant_id, old.tenant_id);
      end if;
      return null;
    end $$;
  create trigger users_are_counted after insert or update of active or delete on construction.users
    for each row execute function platform.count_tenant_users();

  -- To the minute is enough, and spares a busy store most of the writes.
  create function platform.note_tenant_activity() returns trigger
  language plpgsql security definer set search_path = pg_catalog as $$
    begin
      update platform.tenant_figures set last_activity_at = new.last_seen_at
       where id = new.tenant_id and last_activity_at < new.last_seen_at - interval '1 minute';
      return null;
    end $$;
  create trigger sessions_are_activity after insert or update of last_seen_at on construction.sessions
    for each row execute function platform.note_tenant_activity();`;

/** The owner of the tables sees a store's people only after entering that store. */
const PRESENT = `
  do $$
  declare
    tenant record;
  begin
    for tenant in select id from platform.tenants loop
      perform set_config('app.tenant_id', tenant.id::text, true);
      insert into platform.tenant_figures (id, users, last_activity_at)
      select tenant.id, (select count(*) from construction.users u where u.tenant_id = tenant.id and u.active),
             coalesce((select max(s.last_seen_at) from construction.sessions s where s.tenant_id = tenant.id), '-infinity');
    end loop;
    perform set_config('app.tenant_id', '', true);
  end $$;`;

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    drop trigger sessions_are_activity on construction.sessions;
    drop trigger users_are_counted on construction.users;
    drop trigger tenants_have_figures on platform.tenants;
    drop function platform.note_tenant_activity(), platform.count_tenant_users(), platform.add_tenant_figures();
    drop table platform.tenant_figures;
    drop index platform.edge_files_unconfirmed, platform.edge_files_failing, platform.tenants_by_plan,
               platform.tenants_by_attention, platform.tenants_in_slug_order, platform.tenants_in_name_order,
               platform.tenants_by_text;
    alter table platform.tenants drop column attention, drop column search_text;
    drop function platform.search_text(text);
  `);
}
