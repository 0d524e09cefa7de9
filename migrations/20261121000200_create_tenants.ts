import type { Knex } from 'knex';

/** Tenants, their names, branding and settings. The console sees all of them, the app its own. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create table platform.tenants (
      id uuid primary key,
      slug text not null,
      name text not null check (char_length(name) between 1 and 120),
      status text not null check (status in ('provisioning', 'live', 'suspended', 'failed', 'archived')),
      status_reason text,
      status_changed_at timestamptz not null,
      plan text not null default 'standard',
      admin_email text not null,
      locale text not null default 'pt-BR',
      currency text not null default 'BRL',
      timezone text not null default 'America/Sao_Paulo',
      created_at timestamptz not null,
      updated_at timestamptz not null,
      version int not null default 1
    );
    create index tenants_by_slug on platform.tenants (slug text_pattern_ops);
    create index tenants_by_creation on platform.tenants (created_at desc, id desc);
    create index tenants_by_status on platform.tenants (status, created_at desc, id desc);

    -- One index over live names, aliases and quarantined names: a name is free only when it has no row here.
    create table platform.slugs (
      slug text primary key check (slug ~ '^[a-z0-9]+(-[a-z0-9]+)*$' and char_length(slug) between 3 and 40),
      tenant_id uuid references platform.tenants (id),
      kind text not null check (kind in ('primary', 'alias', 'quarantined')),
      reserved_at timestamptz not null,
      free_after timestamptz,
      check (kind = 'quarantined' or tenant_id is not null)
    );
    create unique index slugs_one_primary on platform.slugs (tenant_id) where kind = 'primary';

    create table platform.tenant_branding (
      tenant_id uuid primary key references platform.tenants (id),
      logo_url text check (char_length(logo_url) <= 500),
      primary_color text not null default '#1a73e8' check (primary_color ~ '^#[0-9a-f]{6}$'),
      secondary_color text not null default '#ea4335' check (secondary_color ~ '^#[0-9a-f]{6}$'),
      features jsonb not null default '{}' check (jsonb_typeof(features) = 'object'),
      theme_version int not null default 1,
      updated_at timestamptz not null
    );

    create table platform.tenant_settings (
      tenant_id uuid primary key references platform.tenants (id),
      quote_validity_days int not null default 7 check (quote_validity_days between 1 and 365),
      max_discount_pct jsonb not null default '{"salesperson": 5, "manager": 15, "admin": 100}',
      sales_see_all boolean not null default false,
      sales_can_approve boolean not null default false,
      updated_at timestamptz not null
    );

    call platform.isolate_tenant_table('platform.tenant_branding', '{bc_app}', '{bc_console}');
    call platform.isolate_tenant_table('platform.tenant_settings', '{bc_app}', '{bc_console}');

    alter table platform.tenants enable row level security;
    alter table platform.tenants force row level security;
    create policy own_tenant on platform.tenants for select to bc_app using (id = platform.current_tenant_id());
    create policy every_tenant on platform.tenants for all to bc_console using (true) with check (true);
    create policy slug_lookup on platform.tenants for select to bc_owner using (true);

    grant select, insert, update on platform.tenants to bc_console;
    grant select, insert, update, delete on platform.slugs, platform.tenant_branding, platform.tenant_settings to bc_console;
    grant select on platform.tenants, platform.tenant_branding, platform.tenant_settings to bc_app;

    -- The app must turn a host into a tenant before it can enter that tenant; this is all it may know of the others.
    create function platform.find_store(wanted text) returns table (tenant_id uuid, slug text, name text, status text)
      language sql stable security definer set search_path = pg_catalog
      as $$ select t.id, t.slug, t.name, t.status from platform.tenants t
             where t.slug = wanted and t.status in ('live', 'suspended', 'provisioning') $$;
    grant execute on function platform.find_store(text) to bc_app;
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    drop function platform.find_store(text);
    drop table platform.tenant_settings, platform.tenant_branding, platform.slugs, platform.tenants;
  `);
}
