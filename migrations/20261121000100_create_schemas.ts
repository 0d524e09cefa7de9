import type { Knex } from 'knex';

/**
 * Schemas, the tenant setting that row-level security reads, and the one procedure that isolates a tenant table, so that
 * no table can be isolated almost right. Roles exist before any migration (ops/droplet-3-infra/postgres/roles.sql).
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create schema construction;
    create schema engines;
    create schema events;

    grant usage on schema platform to bc_app, bc_relay, bc_worker, bc_console, bc_backup;
    grant usage on schema construction to bc_app, bc_console, bc_backup;
    grant usage on schema engines to bc_app, bc_worker, bc_backup;
    grant usage on schema events to bc_app, bc_relay, bc_worker, bc_console, bc_backup;
    alter default privileges in schema platform, construction, engines, events grant select on tables to bc_backup;
    alter default privileges in schema platform, construction, engines, events grant select on sequences to bc_backup;
    alter default privileges revoke execute on functions from public;
    grant select on platform.migrations to bc_app, bc_console, bc_backup;

    -- After a transaction the setting is '' and not NULL, and ''::uuid raises: hence nullif.
    create function platform.current_tenant_id() returns uuid language sql stable parallel safe
      as $$ select nullif(current_setting('app.tenant_id', true), '')::uuid $$;
    grant execute on function platform.current_tenant_id() to bc_app, bc_relay, bc_worker, bc_console;
  `);
  await knex.raw(ISOLATE);
}

/**
 * tenant_rows (permissive) gives the named roles the rows of the current tenant; every_tenant gives the named roles all
 * rows; tenant_guard (restrictive) holds the other service roles to the current tenant even when someone adds a careless
 * policy later. Which verbs a role may use is a matter of GRANT.
 */
const ISOLATE = `
  create procedure platform.isolate_tenant_table(target regclass, tenant_roles name[], all_tenant_roles name[] default '{}')
  language plpgsql as $$
  declare
    guarded name[] := array(select r from unnest(array['bc_app', 'bc_worker', 'bc_console']::name[]) r
                             where r <> all (all_tenant_roles));
    role_list text;
  begin
    execute format('alter table %s enable row level security', target);
    execute format('alter table %s force row level security', target);
    if cardinality(tenant_roles) > 0 then
      select string_agg(quote_ident(r), ', ') into role_list from unnest(tenant_roles) r;
      execute format('create policy tenant_rows on %s for all to %s
        using (tenant_id = platform.current_tenant_id()) with check (tenant_id = platform.current_tenant_id())',
        target, role_list);
    end if;
    if cardinality(all_tenant_roles) > 0 then
      select string_agg(quote_ident(r), ', ') into role_list from unnest(all_tenant_roles) r;
      execute format('create policy every_tenant on %s for all to %s using (true) with check (true)', target, role_list);
    end if;
    select string_agg(quote_ident(r), ', ') into role_list from unnest(guarded) r;
    execute format('create policy tenant_guard on %s as restrictive for all to %s
      using (tenant_id = platform.current_tenant_id()) with check (tenant_id = platform.current_tenant_id())',
      target, role_list);
  end $$`;

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    drop procedure platform.isolate_tenant_table(regclass, name[], name[]);
    drop function platform.current_tenant_id();
    drop schema events;
    drop schema engines;
    drop schema construction;
    alter default privileges grant execute on functions to public;
  `);
  // knex keeps its own tables in the platform schema, so that one stays.
}
