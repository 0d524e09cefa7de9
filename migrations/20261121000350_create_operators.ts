import type { Knex } from 'knex';

/** The people who run the platform, their sessions, and the counters that slow down guessing of passwords. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create table platform.operators (
      id uuid primary key,
      email text not null check (char_length(email) between 3 and 254),
      name text not null check (char_length(name) between 1 and 120),
      role text not null check (role in ('viewer', 'on_call', 'operator', 'admin')),
      password_hash text not null,
      must_change_password boolean not null default true,
      active boolean not null default true,
      locale text not null default 'en' check (locale in ('en', 'pt-BR')),
      theme text not null default 'auto' check (theme in ('auto', 'light', 'dark')),
      last_login_at timestamptz,
      invited_by text not null,
      created_at timestamptz not null,
      updated_at timestamptz not null
    );
    create unique index operators_by_email on platform.operators (lower(email));

    -- The layout of connect-pg-simple. Whose session it is can be read from it, so that ending all sessions of a person
    -- is one DELETE.
    create table platform.sessions (
      sid text primary key,
      sess json not null,
      expire timestamptz not null,
      operator_id uuid generated always as ((sess #>> '{passport,user}')::uuid) stored
    );
    create index sessions_by_expiry on platform.sessions (expire);
    create index sessions_by_operator on platform.sessions (operator_id);

    -- The layout of rate-limiter-flexible. Console and stores count in one table; each sees the keys of its own scope.
    create table platform.login_throttle (
      key text primary key,
      points int not null default 0,
      expire bigint
    );
    create index login_throttle_by_expiry on platform.login_throttle (expire);
    alter table platform.login_throttle enable row level security;
    alter table platform.login_throttle force row level security;
    create policy console_keys on platform.login_throttle for all to bc_console
      using (key like 'console-%') with check (key like 'console-%');
    create policy store_keys on platform.login_throttle for all to bc_app
      using (key like 'store-%') with check (key like 'store-%');

    -- No DELETE on operators: what they did stays theirs.
    grant select, insert, update on platform.operators to bc_console;
    grant select, insert, update, delete on platform.sessions, platform.login_throttle to bc_console;
    grant select, insert, update, delete on platform.login_throttle to bc_app;
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('drop table platform.login_throttle, platform.sessions, platform.operators;');
}
