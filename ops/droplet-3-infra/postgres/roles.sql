-- The cluster's roles. A superuser runs it once per cluster, again whenever a password changes:
--   psql -v ON_ERROR_STOP=1 -f passwords.sql -f roles.sql
-- where passwords.sql holds one `set basecommerce.bc_app_password = '…';` per login role and is deleted afterwards.
-- Idempotent. None is superuser; only bc_backup bypasses row security, because pg_dump would silently filter otherwise.
do $$
declare
  login_role text;
  password text;
begin
  if not exists (select from pg_roles where rolname = 'bc_owner') then
    create role bc_owner;
  end if;
  alter role bc_owner nologin nosuperuser nobypassrls nocreatedb nocreaterole;

  foreach login_role in array array['bc_migrate', 'bc_app', 'bc_relay', 'bc_worker', 'bc_console', 'bc_backup'] loop
    password := current_setting(format('basecommerce.%s_password', login_role), true);
    if coalesce(password, '') = '' then
      raise exception 'basecommerce.%_password is not set', login_role;
    end if;
    if not exists (select from pg_roles where rolname = login_role) then
      execute format('create role %I', login_role);
    end if;
    execute format(
      'alter role %I login nosuperuser nobypassrls nocreatedb nocreaterole noreplication password %L', login_role, password
    );
  end loop;

  alter role bc_backup bypassrls;
  grant bc_owner to bc_migrate;
end
$$;
