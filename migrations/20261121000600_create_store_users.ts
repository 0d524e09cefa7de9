import type { Knex } from 'knex';

/** The people of each store, their sessions, and the store's own audit log. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create table construction.users (
      tenant_id uuid not null references platform.tenants (id),
      id uuid not null,
      email text not null check (char_length(email) between 3 and 254),
      name text not null check (char_length(name) between 1 and 120),
      password_hash text not null,
      role text not null check (role in ('admin', 'manager', 'salesperson', 'finance', 'stock_clerk', 'driver')),
      active boolean not null default true,
      -- Raised to end every session of this person at once: tokens carry the version they were made with.
      token_version int not null default 1,
      must_change_password boolean not null default false,
      last_login_at timestamptz,
      created_at timestamptz not null,
      updated_at timestamptz not null,
      version int not null default 1,
      primary key (tenant_id, id)
    );
    create unique index users_email on construction.users (tenant_id, lower(email));

    create table construction.sessions (
      tenant_id uuid not null,
      id uuid not null,
      user_id uuid not null,
      issued_at timestamptz not null,
      expires_at timestamptz not null,
      last_seen_at timestamptz not null,
      revoked_at timestamptz,
      ip inet,
      user_agent text check (char_length(user_agent) <= 300),
      primary key (tenant_id, id),
      foreign key (tenant_id, user_id) references construction.users (tenant_id, id) on delete cascade
    );
    create index sessions_by_user on construction.sessions (tenant_id, user_id, issued_at desc);

    create table construction.audit_log (
      tenant_id uuid not null references platform.tenants (id),
      id uuid not null,
      at timestamptz not null,
      actor_kind text not null check (actor_kind in ('operator', 'token', 'user', 'system')),
      actor_id text,
      actor_label text not null,
      action text not null,
      entity text not null,
      entity_id text not null,
      before jsonb,
      after jsonb,
      ip inet,
      request_id text not null,
      primary key (tenant_id, id)
    );
    create index audit_log_by_time on construction.audit_log (tenant_id, at desc, id desc);
    create index audit_log_by_entity on construction.audit_log (tenant_id, entity, entity_id, at desc);

    call platform.isolate_tenant_table('construction.users', '{bc_app,bc_console}');
    call platform.isolate_tenant_table('construction.sessions', '{bc_app}');
    call platform.isolate_tenant_table('construction.audit_log', '{bc_app,bc_console}');

    -- tenant_id and id are in no UPDATE grant: a row never changes its store.
    grant select, insert on construction.users, construction.sessions to bc_app;
    grant update (email, name, password_hash, role, active, token_version, must_change_password, last_login_at, updated_at,
                  version) on construction.users to bc_app;
    grant update (last_seen_at, revoked_at) on construction.sessions to bc_app;
    grant select, insert on construction.audit_log to bc_app;

    -- Onboarding writes the first user and its undo removes it; nobody in the console can read a password hash.
    grant select (tenant_id, id, email, name, role, active, must_change_password, last_login_at, created_at, updated_at,
                  version), insert, delete on construction.users to bc_console;
    grant insert on construction.audit_log to bc_console;
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`drop table construction.audit_log, construction.sessions, construction.users;`);
}
