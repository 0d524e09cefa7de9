import type { Knex } from 'knex';

/** The rest of a store's life: other names and domains, the grace after archiving, and people looked after by operators. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(TENANTS);
  await knex.raw(FIND_STORE);
  await knex.raw(DOMAINS);
  await knex.raw(PEOPLE);
}

/** incoming: the name a store is about to take; it serves already, and nothing redirects to or from it yet. */
const TENANTS = `
  alter table platform.tenants
    drop constraint tenants_status_check,
    add constraint tenants_status_check check
      (status in ('provisioning', 'live', 'suspended', 'renaming', 'archived', 'deleted', 'failed')),
    add column archived_at timestamptz,
    -- What it comes back as when it is restored.
    add column archived_from text check (archived_from in ('live', 'suspended')),
    -- Nobody may delete an archived store before.
    add column delete_after timestamptz check (status = 'archived' or delete_after is null);
  alter table platform.slugs
    drop constraint slugs_kind_check,
    add constraint slugs_kind_check check (kind in ('primary', 'incoming', 'alias', 'quarantined')),
    -- What a name was before its store began to take it back, and will be again when it does not get it.
    add column came_from text check (came_from in ('alias', 'quarantined'));
  create index slugs_by_tenant on platform.slugs (tenant_id);
  create index slugs_by_end on platform.slugs (free_after) where free_after is not null;`;

/** While a store is renamed, and as long as its old name leads to it, each of its names is that store. */
const FIND_STORE = `
  create or replace function platform.find_store(wanted text)
    returns table (tenant_id uuid, slug text, name text, status text)
    language sql stable security definer set search_path = pg_catalog
    as $$ select t.id, t.slug, t.name, t.status from platform.tenants t
           where t.slug = wanted and t.status in ('live', 'suspended', 'provisioning', 'renaming')
          union all
          select t.id, t.slug, t.name, t.status from platform.slugs s join platform.tenants t on t.id = s.tenant_id
           where s.slug = wanted and s.kind in ('incoming', 'alias') and t.slug <> wanted
             and t.status in ('live', 'suspended', 'renaming')
          limit 1 $$;`;

/** A host name leads to one store of all, hence the one unique index that does not start with the tenant. */
const DOMAINS = `
  create table platform.domains (
    tenant_id uuid not null references platform.tenants (id),
    host text not null check (host ~ '^[a-z0-9-]+([.][a-z0-9-]+)+$' and char_length(host) <= 253),
    status text not null check (status in ('pending', 'verified')),
    -- What the domain's owner must show, in DNS or on its web server.
    token text not null,
    added_by text not null,
    created_at timestamptz not null,
    checked_at timestamptz,
    check_error text,
    verified_at timestamptz,
    verified_by text check (verified_by in ('dns', 'http')),
    -- When every edge was seen serving the store under it.
    served_at timestamptz,
    primary key (tenant_id, host),
    check ((status = 'verified') = (verified_at is not null)),
    check ((status = 'verified') = (verified_by is not null))
  );
  create unique index domains_by_host on platform.domains (host);
  call platform.isolate_tenant_table('platform.domains', '{}', '{bc_console}');
  grant select, insert, update, delete on platform.domains to bc_console;`;

/** The console invites people, resets their passwords and ends their sessions; it still reads no password hash. */
const PEOPLE = `
  grant update (name, role, password_hash, must_change_password, active, updated_at, version) on construction.users
    to bc_console;
  create policy console_rows on construction.sessions for all to bc_console
    using (tenant_id = platform.current_tenant_id()) with check (tenant_id = platform.current_tenant_id());
  grant select (tenant_id, id, user_id, issued_at, expires_at, last_seen_at, revoked_at), update (revoked_at)
    on construction.sessions to bc_console;`;

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    revoke select (tenant_id, id, user_id, issued_at, expires_at, last_seen_at, revoked_at), update (revoked_at)
      on construction.sessions from bc_console;
    drop policy console_rows on construction.sessions;
    revoke update (name, role, password_hash, must_change_password, active, updated_at, version) on construction.users
      from bc_console;
    drop table platform.domains;
    create or replace function platform.find_store(wanted text)
      returns table (tenant_id uuid, slug text, name text, status text)
      language sql stable security definer set search_path = pg_catalog
      as $$ select t.id, t.slug, t.name, t.status from platform.tenants t
             where t.slug = wanted and t.status in ('live', 'suspended', 'provisioning') $$;
    drop index platform.slugs_by_end, platform.slugs_by_tenant;
    delete from platform.slugs where kind = 'incoming' and came_from is null;
    update platform.slugs set kind = came_from where kind = 'incoming';
    alter table platform.slugs
      drop column came_from,
      drop constraint slugs_kind_check,
      add constraint slugs_kind_check check (kind in ('primary', 'alias', 'quarantined'));
    alter table platform.tenants drop constraint tenants_status_check, drop column delete_after,
      drop column archived_from, drop column archived_at;
    update platform.tenants set status = case status when 'renaming' then 'live' else 'archived' end
     where status in ('renaming', 'deleted');
    alter table platform.tenants add constraint tenants_status_check check
      (status in ('provisioning', 'live', 'suspended', 'failed', 'archived'));
  `);
}
