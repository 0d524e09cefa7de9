-- Rights on the database we are connected to. A superuser runs it once per database, before the migrations. Idempotent.
do $$
begin
  execute format('alter database %I owner to bc_owner', current_database());
  execute format('revoke all on database %I from public', current_database());
  execute format(
    'grant connect on database %I to bc_migrate, bc_app, bc_relay, bc_worker, bc_console, bc_backup', current_database()
  );
end
$$;
-- Nothing of ours lives in public; only the extensions do.
revoke create on schema public from public;
create extension if not exists unaccent with schema public;
create extension if not exists pg_trgm with schema public;
