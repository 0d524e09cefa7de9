import type { Knex } from 'knex';

/**
 * Days of events are dropped by a function of the owner that looks for itself: whoever asks, a day stays while anybody may
 * still need something of it. The terms are a row, which no one can make such that a mark goes before its event.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(TERMS);
  await knex.raw(OWNER_LOOKS);
  await knex.raw(WHY_KEPT);
  await knex.raw(DROP_DAY);
  await knex.raw(LIST_DAYS);
}

/** dropped_through: the newest day whose marks are gone, so that an event of then is not taken for one never seen. */
const TERMS = `
  create table events.retention (
    only_row boolean primary key default true check (only_row),
    outbox_days int not null default 30 check (outbox_days between 1 and 3650),
    marks_days int not null default 30 check (marks_days between 1 and 3650),
    dropped_through date,
    constraint marks_outlive_events check (marks_days >= outbox_days)
  );
  insert into events.retention default values;
  grant select on events.retention to bc_worker, bc_console;
  grant update (outbox_days, marks_days) on events.retention to bc_console;`;

const OWNER_LOOKS = `
  create policy retention on events.outbox for select to bc_owner using (true);
  create policy retention on events.processed for select to bc_owner using (true);
  create policy retention on events.dead_letters for select to bc_owner using (true);`;

/**
 * Why a day may not be dropped, the cheapest reasons first; none when it may. Only when there is no other is each event of the
 * day compared with the marks of each group. Marks stay as long as events of their day do.
 */
const WHY_KEPT = `
  create function events.why_kept(kind text, day date) returns text[]
  language plpgsql stable security definer set search_path = pg_catalog set timezone = 'UTC' as $$
  declare
    first timestamptz := events.day_start(day);
    after timestamptz := events.day_start(day + 1);
    days int := (select case kind when 'outbox' then outbox_days when 'processed' then marks_days end from events.retention);
    reasons text[] := '{}';
  begin
    if days is null then
      raise exception '% has no days', kind using errcode = '22023';
    end if;
    if events.day_start(day + 1 + days) > clock_timestamp() then
      reasons := reasons || 'too_young'::text;
    end if;
    if kind = 'processed' then
      if to_regclass(format('events.outbox_%s', to_char(day, 'YYYYMMDD'))) is not null
         or exists (select from events.outbox_default o where o.created_at >= first and o.created_at < after) then
        reasons := reasons || 'outbox_kept'::text;
      end if;
      return reasons;
    end if;
    if exists (select from events.pending p where p.created_at >= first and p.created_at < after and p.published_at is null
                                               and p.parked_reason is null) then
      reasons := reasons || 'unpublished'::text;
    end if;
    if exists (select from events.pending p where p.created_at >= first and p.created_at < after and p.published_at is not null
                                               and p.parked_reason is null) then
      reasons := reasons || 'unsettled'::text;
    end if;
    if exists (select from events.pending p where p.created_at >= first and p.created_at < after and p.parked_reason is not null) then
      reasons := reasons || 'parked'::text;
    end if;
    if exists (select from events.dead_letters d
                 join events.outbox o on o.tenant_id = d.tenant_id and o.event_id = d.event_id
                where d.state in ('dead', 'replaying') and o.created_at >= first and o.created_at < after) then
      reasons := reasons || 'dead_letter'::text;
    end if;
    if reasons = '{}' and exists (
         select from events.outbox o cross join events.consumer_groups g
          where o.created_at >= first and o.created_at < after
            and not exists (select from events.processed p
                             where p.tenant_id = o.tenant_id and p.consumer_group = g.name and p.event_id = o.event_id
                               and p.event_day = day)) then
      reasons := reasons || 'unsettled'::text;
    end if;
    return reasons;
  end $$;
  grant execute on function events.why_kept(text, date) to bc_console;`;

/**
 * Keeps writers out of that day alone while it looks. Only the last step, dropping the file, locks the whole table, and it gives
 * up after half a second rather than let stores and relay wait for somebody who has been reading for long.
 */
const DROP_DAY = `
  create function events.drop_day(kind text, day date) returns void
  language plpgsql security definer set search_path = pg_catalog set lock_timeout = '500ms' as $$
  declare
    name text := format('%s_%s', kind, to_char(day, 'YYYYMMDD'));
    reasons text[];
  begin
    perform pg_advisory_xact_lock(424242004);
    if kind not in ('outbox', 'processed') or to_regclass(format('events.%I', name)) is null then
      raise exception 'there is no day % of %', day, kind using errcode = '42P01';
    end if;
    execute format('lock table events.%I in share mode', name);
    reasons := events.why_kept(kind, day);
    if reasons <> '{}' then
      raise exception 'day % of % is kept: %', day, kind, array_to_string(reasons, ', ') using errcode = '55000';
    end if;
    execute format('drop table events.%I', name);
    if kind = 'processed' then
      update events.retention set dropped_through = greatest(dropped_through, day);
    end if;
  end $$;
  grant execute on function events.drop_day(text, date) to bc_console;`;

/** Every partition; the rows are an estimate, null before the first one, but exact in a default partition, which has no day, up to 10,000. */
const LIST_DAYS = `
  create function events.list_days() returns table (kind text, day date, bytes bigint, about_rows bigint)
  language sql stable security definer set search_path = pg_catalog as $$
    select p.relname::text, to_date(substring(c.relname from '_(\\d{8})$'), 'YYYYMMDD'), pg_total_relation_size(c.oid),
           case c.relname when 'outbox_default' then (select count(*) from (select from events.outbox_default limit 10000) r)
                          when 'processed_default' then (select count(*) from (select from events.processed_default limit 10000) r)
                          else nullif(c.reltuples, -1)::bigint end
      from pg_inherits i join pg_class c on c.oid = i.inhrelid join pg_class p on p.oid = i.inhparent
     where p.oid in ('events.outbox'::regclass, 'events.processed'::regclass)
     order by 1, 2 $$;
  create function events.list_misplaced_days() returns table (kind text, day date)
  language sql stable security definer set search_path = pg_catalog as $$
    select distinct 'outbox', events.day_of(o.created_at) from events.outbox_default o
    union select distinct 'processed', p.event_day from events.processed_default p $$;
  grant execute on function events.list_days(), events.list_misplaced_days() to bc_console;`;

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    drop function events.list_misplaced_days(), events.list_days(), events.drop_day(text, date), events.why_kept(text, date);
    drop policy retention on events.outbox;
    drop policy retention on events.processed;
    drop policy retention on events.dead_letters;
    drop table events.retention;`);
}
