import type { Knex } from 'knex';

/**
 * Keeps the log of events and the marks of the processed ones in a partition for each day, in UTC, so that a day which is
 * over and done with is dropped as a file instead of being deleted row by row. A mark carries the day of its event, so that
 * the same event always meets its mark in the same partition.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(DAYS);
  await knex.raw(PUT_ASIDE);
  await knex.raw(PARTITIONED);
  await knex.raw(MAKE_DAY);
  await knex.raw(MOVE_ROWS);
  // Before the isolation: behind it the owner sees the rows of no store.
  await knex.raw(VERSIONS);
  await knex.raw(ISOLATION_AND_GRANTS);
  await knex.raw(leaving({ byPartition: true }));
}

/** Days begin and end in UTC, whatever the time zone of the session: no day is missing or twice as long anywhere. */
const DAYS = `
  create function events.day_start(day date) returns timestamptz language sql immutable parallel safe
    as $$ select day::timestamp at time zone 'UTC' $$;
  create function events.day_of(moment timestamptz) returns date language sql immutable parallel safe
    as $$ select (moment at time zone 'UTC')::date $$;
  grant execute on function events.day_start(date), events.day_of(timestamptz) to bc_relay, bc_worker, bc_console;`;

const PUT_ASIDE = `
  drop trigger link_to_previous on events.outbox;
  drop trigger note_pending on events.outbox;
  alter table events.outbox no force row level security;
  alter table events.processed no force row level security;
  alter table events.outbox rename to outbox_before;
  alter table events.processed rename to processed_before;
  alter table events.outbox_before rename constraint outbox_pkey to outbox_before_pkey;
  alter table events.processed_before rename constraint processed_pkey to processed_before_pkey;`;

const OUTBOX_COLUMNS = `
    seq bigint not null default 0,
    event_id uuid not null,
    tenant_id uuid not null,
    type text not null,
    schema_version int not null check (schema_version > 0),
    aggregate_type text not null,
    aggregate_id uuid not null,
    aggregate_version int not null check (aggregate_version > 0),
    occurred_at timestamptz not null,
    correlation_id text not null,
    causation_id text,
    actor_id text,
    payload jsonb not null check (jsonb_typeof(payload) = 'object'),
    created_at timestamptz not null default clock_timestamp(),
    previous_event_id uuid`;

const OUTBOX_NAMES = `seq, event_id, tenant_id, type, schema_version, aggregate_type, aggregate_id, aggregate_version, occurred_at,
    correlation_id, causation_id, actor_id, payload, created_at, previous_event_id`;

const PROCESSED_COLUMNS = `
    consumer_group text not null,
    tenant_id uuid not null,
    event_id uuid not null,
    outcome text not null check (outcome in ('applied', 'ignored', 'dead_lettered')),
    processed_at timestamptz not null`;

/** The default partitions take what no day is there for: a store's sale never fails for want of a partition. */
const PARTITIONED = `
  create table events.outbox (${OUTBOX_COLUMNS},
    constraint outbox_pkey primary key (tenant_id, event_id, created_at)
  ) partition by range (created_at);
  create index outbox_by_aggregate on events.outbox (tenant_id, aggregate_id, seq);
  create table events.processed (${PROCESSED_COLUMNS},
    event_day date not null,
    constraint processed_pkey primary key (tenant_id, consumer_group, event_id, event_day)
  ) partition by range (event_day);
  create table events.outbox_default partition of events.outbox default;
  create table events.processed_default partition of events.processed default;
  call platform.isolate_tenant_table('events.outbox_default', '{}', '{bc_owner}');
  call platform.isolate_tenant_table('events.processed_default', '{}', '{bc_owner}');`;

/**
 * Makes the partition of a day, with what the default partition has of that day; false when there is one. Whoever writes
 * events waits for it at most half a second: it gives up a lock that it does not get, and the caller tries again later. A day
 * that is still to come is attached beside the writers. For one that rows may be coming in for, all but the last rows are
 * moved before the writers are kept out, because an insert on its way to the default partition would fail after that.
 */
const MAKE_DAY = `
  create function events.make_day(kind text, day date) returns boolean
  language plpgsql security definer
  set search_path = pg_catalog set lock_timeout = '500ms' set timezone = 'UTC' set datestyle = 'ISO' as $$
  declare
    name text := format('%s_%s', kind, to_char(day, 'YYYYMMDD'));
    key text := case kind when 'outbox' then 'created_at' when 'processed' then 'event_day' end;
    bounds text[] := case kind when 'outbox' then array[events.day_start(day)::text, events.day_start(day + 1)::text]
                               else array[day::text, (day + 1)::text] end;
    within text := format('%1$I >= %2$L and %1$I < %3$L', key, bounds[1], bounds[2]);
    move text := format('with moved as (delete from events.%I where %s returning *) insert into events.%I select * from moved',
                        kind || '_default', within, name);
    has_rows boolean;
  begin
    if key is null then
      raise exception '% has no days', kind using errcode = '22023';
    end if;
    perform pg_advisory_xact_lock(424242004);
    if to_regclass(format('events.%I', name)) is not null then
      return false;
    end if;
    execute format('create table events.%I (like events.%I including defaults including constraints including indexes,
                      constraint within_day check (%s))', name, kind, within);
    execute format('select exists (select from events.%I where %s)', kind || '_default', within) into has_rows;
    if has_rows or day <= events.day_of(clock_timestamp()) then
      execute move;
      execute format('lock table events.%I in share row exclusive mode', kind);
      execute move;
    end if;
    call platform.isolate_tenant_table(format('events.%I', name)::regclass, '{}', '{bc_owner}');
    execute format('alter table events.%I attach partition events.%I for values from (%L) to (%L)', kind, name, bounds[1], bounds[2]);
    execute format('alter table events.%I drop constraint within_day', name);
    return true;
  end $$;
  grant execute on function events.make_day(text, date) to bc_console;`;

/** Of an event that is gone the day of its mark does: nobody can ask for it again. */
const MOVE_ROWS = `
  select events.make_day('outbox', d.day), events.make_day('processed', d.day)
    from (select events.day_of(created_at) as day from events.outbox_before
          union select events.day_of(processed_at) from events.processed_before
          union select events.day_of(clock_timestamp()) + n from generate_series(0, 7) n) d
   order by d.day;
  insert into events.outbox (${OUTBOX_NAMES}) select ${OUTBOX_NAMES} from events.outbox_before;
  insert into events.processed (consumer_group, tenant_id, event_id, outcome, processed_at, event_day)
  select p.consumer_group, p.tenant_id, p.event_id, p.outcome, p.processed_at,
         events.day_of(coalesce(o.created_at, p.processed_at))
    from events.processed_before p
    left join events.outbox_before o on o.tenant_id = p.tenant_id and o.event_id = p.event_id;
  drop table events.outbox_before, events.processed_before;
  analyze events.outbox, events.processed;`;

const ISOLATION_AND_GRANTS = `
  call platform.isolate_tenant_table('events.outbox', '{bc_app}', '{bc_relay,bc_console,bc_worker}');
  call platform.isolate_tenant_table('events.processed', '{}', '{bc_console,bc_worker}');
  grant insert on events.outbox to bc_app;
  grant select on events.outbox to bc_relay, bc_worker, bc_console;
  grant select, insert, update (outcome) on events.processed to bc_worker;
  grant select on events.processed to bc_console;`;

/**
 * A unique index reaches no further than a partition, so the row of the aggregate, which is locked for each of its events
 * anyway, remembers the last version of each type: none comes twice, nor after a later one, on whatever day.
 */
const VERSIONS = `
  alter table events.aggregate_heads add column versions jsonb not null default '{}';
  update events.aggregate_heads h set versions = v.versions
    from (select tenant_id, aggregate_id, jsonb_object_agg(type, version) as versions
            from (select tenant_id, aggregate_id, type, max(aggregate_version) as version from events.outbox group by 1, 2, 3) t
           group by 1, 2) v
   where v.tenant_id = h.tenant_id and v.aggregate_id = h.aggregate_id;
  create or replace function events.link_to_previous() returns trigger
  language plpgsql security definer set search_path = pg_catalog as $$
  begin
    insert into events.aggregate_heads as h (tenant_id, aggregate_id, event_id, versions)
    values (new.tenant_id, new.aggregate_id, new.event_id, jsonb_build_object(new.type, new.aggregate_version))
    on conflict (tenant_id, aggregate_id) do update
       set previous_event_id = h.event_id, event_id = excluded.event_id, versions = h.versions || excluded.versions
     where coalesce((h.versions ->> new.type)::int, 0) < new.aggregate_version
    returning h.previous_event_id into new.previous_event_id;
    if not found then
      raise exception '% % of aggregate % was published before', new.type, new.aggregate_version, new.aggregate_id
        using errcode = '23505', constraint = 'outbox_versions';
    end if;
    new.seq := nextval('events.outbox_seq');
    return new;
  end $$;
  ${triggers()}`;

function triggers(): string {
  return `
  create trigger link_to_previous before insert on events.outbox for each row execute function events.link_to_previous();
  create trigger note_pending after insert on events.outbox for each row execute function events.note_pending();`;
}

/**
 * A store leaves from partitioned tables as from others: they are one table to whoever asks. A row's place is unique within
 * its partition only.
 */
function leaving({ byPartition }: { byPartition: boolean }): string {
  const kinds = byPartition ? `c.relkind in ('r', 'p') and not c.relispartition` : `c.relkind = 'r'`;
  const erase = byPartition
    ? `with chosen as materialized (
         select t.tableoid as part, t.ctid as place from %1$s t where t.tenant_id = platform.current_tenant_id() limit %2$s)
       delete from %1$s t where t.ctid = any (array(select c.place from chosen c))
         and (t.tableoid, t.ctid) in (select c.part, c.place from chosen c)`
    : `delete from %1$s where ctid = any (array(
                      select t.ctid from %1$s t where t.tenant_id = platform.current_tenant_id() limit %2$s))`;
  return `
  create or replace function platform.list_tenant_tables() returns table (target regclass, name text)
  language sql stable set search_path = pg_catalog as $$
    with recursive
    tables as (
      select c.oid, format('%s.%s', n.nspname, c.relname) as name
        from pg_class c
        join pg_namespace n on n.oid = c.relnamespace
         and n.nspname in ('platform', 'construction', 'engines', 'events')
        join pg_attribute a on a.attrelid = c.oid and a.attname = 'tenant_id' and not a.attisdropped
       where ${kinds} and format('%s.%s', n.nspname, c.relname) not in ('platform.audit_log', 'platform.slugs')),
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

  create or replace function platform.erase_tenant_rows(wanted text, at_most int) returns int
  language plpgsql security definer set search_path = pg_catalog as $$
  declare
    erased int;
  begin
    execute format('${erase}', platform.leaving_table(wanted, 'deleted'), at_most);
    get diagnostics erased = row_count;
    return erased;
  end $$;`;
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(leaving({ byPartition: false }));
  await knex.raw(TAKE_BACK);
  await knex.raw(PLAIN);
  await knex.raw(ISOLATION_AND_GRANTS);
  await knex.raw(OLD_LINK);
  await knex.raw(triggers());
}

const TAKE_BACK = `
  drop function events.make_day(text, date);
  alter table events.outbox no force row level security;
  alter table events.processed no force row level security;
  drop trigger link_to_previous on events.outbox;
  drop trigger note_pending on events.outbox;
  alter table events.outbox rename to outbox_by_day;
  alter table events.processed rename to processed_by_day;
  alter table events.outbox_by_day rename constraint outbox_pkey to outbox_by_day_pkey;
  alter table events.processed_by_day rename constraint processed_pkey to processed_by_day_pkey;`;

const PLAIN = `
  create table events.outbox (${OUTBOX_COLUMNS},
    primary key (tenant_id, event_id),
    unique (tenant_id, aggregate_id, aggregate_version, type)
  ) with (fillfactor = 85, autovacuum_vacuum_scale_factor = 0.02, autovacuum_analyze_scale_factor = 0.05);
  create table events.processed (${PROCESSED_COLUMNS},
    primary key (tenant_id, consumer_group, event_id)
  );
  insert into events.outbox (${OUTBOX_NAMES}) select ${OUTBOX_NAMES} from events.outbox_by_day;
  insert into events.processed (consumer_group, tenant_id, event_id, outcome, processed_at)
  select consumer_group, tenant_id, event_id, outcome, processed_at from events.processed_by_day;
  drop table events.outbox_by_day, events.processed_by_day;
  drop function events.day_start(date), events.day_of(timestamptz);`;

const OLD_LINK = `
  create or replace function events.link_to_previous() returns trigger
  language plpgsql security definer set search_path = pg_catalog as $$
  begin
    insert into events.aggregate_heads as h (tenant_id, aggregate_id, event_id)
    values (new.tenant_id, new.aggregate_id, new.event_id)
    on conflict (tenant_id, aggregate_id) do update set previous_event_id = h.event_id, event_id = excluded.event_id
    returning h.previous_event_id into new.previous_event_id;
    new.seq := nextval('events.outbox_seq');
    return new;
  end $$;
  alter table events.aggregate_heads drop column versions;`;
