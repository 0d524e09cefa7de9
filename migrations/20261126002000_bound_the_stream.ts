import type { Knex } from 'knex';

/**
 * Splits the outbox in two: `outbox` is the log of events, written once and never changed; `pending` holds one narrow row
 * for each event that is not settled yet, so what a poll costs depends on neither the history nor the size of payloads.
 * Redis then only ever holds a bounded window of events, and everything else waits here.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(forceRows('no force', ['outbox', 'processed', 'group_counts']));
  await knex.raw(PENDING);
  await knex.raw(ORDER);
  await knex.raw(SHARDS);
  await knex.raw(MOVE_STATE);
  await knex.raw(ISOLATION_AND_GRANTS);
  await knex.raw(forceRows('force', ['outbox', 'processed']));
}

/** Without it the owner of the tables, who migrates, sees the rows of no store, and would move none of them. */
function forceRows(how: 'force' | 'no force', tables: readonly string[]): string {
  return tables.map((table) => `alter table events.${table} ${how} row level security;`).join('\n');
}

/** Waiting: published_at is null. In flight: it is not. Parked: taken out of the stream until parked_reason is over. */
const PENDING = `
  create table events.pending (
    tenant_id uuid not null,
    event_id uuid not null,
    seq bigint not null,
    type text not null,
    created_at timestamptz not null,
    published_at timestamptz,
    shard int,
    stream_id text,
    parked_reason text check (parked_reason in ('gap', 'blocked', 'paused')),
    waits_for uuid,
    attempts int not null default 0,
    last_error text,
    primary key (tenant_id, event_id),
    check ((published_at is null) = (stream_id is null))
  ) with (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.01, autovacuum_vacuum_threshold = 1000,
          autovacuum_vacuum_cost_delay = 0);
  create index pending_waiting on events.pending (tenant_id, seq) where published_at is null;
  create index pending_in_flight on events.pending (shard, seq) where published_at is not null and parked_reason is null;
  create index pending_parked on events.pending (shard, seq) where parked_reason is not null;
  create index pending_followers on events.pending (tenant_id, waits_for) where waits_for is not null;
  create index pending_by_age on events.pending (created_at);`;

/**
 * The last event of each aggregate, so that every event can name the one before it: a reader who has not seen that one
 * knows that there is a gap. The head is locked before the number is taken, so for one aggregate the order of the numbers is
 * the order of the commits, whoever forgot to lock what.
 */
const ORDER = `
  create table events.aggregate_heads (
    tenant_id uuid not null,
    aggregate_id uuid not null,
    event_id uuid not null,
    previous_event_id uuid,
    primary key (tenant_id, aggregate_id)
  ) with (fillfactor = 80);
  alter table events.outbox add column previous_event_id uuid;
  alter table events.outbox alter column seq drop identity;
  alter table events.outbox alter column seq set default 0;
  create sequence events.outbox_seq as bigint;
  select setval('events.outbox_seq', coalesce((select max(seq) from events.outbox), 0) + 1, false);

  create function events.link_to_previous() returns trigger
  language plpgsql security definer set search_path = pg_catalog as $$
  begin
    insert into events.aggregate_heads as h (tenant_id, aggregate_id, event_id)
    values (new.tenant_id, new.aggregate_id, new.event_id)
    on conflict (tenant_id, aggregate_id) do update set previous_event_id = h.event_id, event_id = excluded.event_id
    returning h.previous_event_id into new.previous_event_id;
    new.seq := nextval('events.outbox_seq');
    return new;
  end $$;
  create function events.note_pending() returns trigger
  language plpgsql security definer set search_path = pg_catalog as $$
  begin
    insert into events.pending (tenant_id, event_id, seq, type, created_at)
    values (new.tenant_id, new.event_id, new.seq, new.type, new.created_at);
    return null;
  end $$;`;

/**
 * shards: what the relay knows of each part of a stream; consumer_shards: what a group knows of it, and which worker owns it
 * (owner_epoch is the fence). Two tables, so that the relay and a worker never wait for each other's row.
 * settled_unmarked: of the settled ones, those whose mark of publication had not been committed, and now never will be.
 */
const SHARDS = `
  alter table events.streams add column shard_count int not null default 1 check (shard_count between 1 and 64);
  create table events.shards (
    stream text not null references events.streams (name),
    shard int not null check (shard >= 0),
    published bigint not null default 0,
    last_published_at timestamptz,
    last_stream_id text,
    primary key (stream, shard)
  ) with (fillfactor = 50);
  create table events.consumer_shards (
    stream text not null,
    consumer_group text not null,
    shard int not null,
    settled bigint not null default 0,
    settled_unmarked bigint not null default 0,
    parked bigint not null default 0,
    last_settled_at timestamptz,
    owner text,
    owner_epoch bigint not null default 0,
    owned_until timestamptz,
    primary key (stream, consumer_group, shard),
    foreign key (stream, consumer_group) references events.consumer_groups (stream, name),
    foreign key (stream, shard) references events.shards (stream, shard)
  ) with (fillfactor = 50);`;

/** Events that no relay has marked may be in the stream all the same; publishing them again is absorbed by the marks. */
const MOVE_STATE = `
  insert into events.pending (tenant_id, event_id, seq, type, created_at)
  select o.tenant_id, o.event_id, o.seq, o.type, o.created_at from events.outbox o
   where exists (select from events.consumer_groups g
                  where not exists (select from events.processed p
                                     where p.tenant_id = o.tenant_id and p.consumer_group = g.name and p.event_id = o.event_id));
  insert into events.shards (stream, shard, published)
  select s.name, 0, coalesce(sum(c.processed), 0) + coalesce(min(g.erased_count), 0)
    from events.streams s left join events.consumer_groups g on g.stream = s.name
    left join events.group_counts c on c.consumer_group = g.name
   group by s.name;
  insert into events.consumer_shards (stream, consumer_group, shard, settled)
  select g.stream, g.name, 0, s.published from events.consumer_groups g join events.shards s on s.stream = g.stream;
  -- The stream of before holds entries in another order: it is built anew from here.
  update events.streams set redis_identity = null;

  insert into events.aggregate_heads (tenant_id, aggregate_id, event_id)
  select distinct on (tenant_id, aggregate_id) tenant_id, aggregate_id, event_id
    from events.outbox order by tenant_id, aggregate_id, seq desc;
  create trigger link_to_previous before insert on events.outbox for each row execute function events.link_to_previous();
  create trigger note_pending after insert on events.outbox for each row execute function events.note_pending();

  drop index events.outbox_unpublished;
  drop index events.outbox_by_position;
  alter table events.outbox drop column published_at, drop column position, drop column stream_id, drop column attempts,
    drop column last_error;
  alter table events.streams drop column position;
  alter table events.consumer_groups drop column settled_position, drop column erased_count;
  drop table events.group_counts;
  drop function events.keep_erased_counts();`;

/**
 * One transaction of a worker settles events of many stores, so the worker sees all rows that only say how far an event is.
 * What it writes for a store, in schema engines, stays behind that store's policy.
 */
const ISOLATION_AND_GRANTS = `
  call platform.isolate_tenant_table('events.pending', '{}', '{bc_relay,bc_worker,bc_console,bc_owner}');
  call platform.isolate_tenant_table('events.aggregate_heads', '{}', '{bc_owner}');
  do $$
  declare
    target text;
  begin
    foreach target in array array['processed', 'retries', 'dead_letters'] loop
      execute format('drop policy tenant_rows on events.%I', target);
      execute format('alter policy every_tenant on events.%I to bc_console, bc_worker', target);
      execute format('alter policy tenant_guard on events.%I to bc_app', target);
    end loop;
  end $$;
  alter policy every_tenant on events.outbox to bc_relay, bc_console, bc_worker;
  alter policy tenant_guard on events.outbox to bc_app;

  revoke select on events.processed from bc_relay;
  revoke update on events.consumer_groups from bc_relay;
  grant select on events.outbox to bc_worker;
  grant select, update (published_at, shard, stream_id, attempts, last_error) on events.pending to bc_relay;
  grant select, update (parked_reason, waits_for), delete on events.pending to bc_worker;
  grant select on events.pending, events.shards, events.consumer_shards to bc_console;
  grant select, insert, update on events.shards to bc_relay;
  grant select, insert on events.consumer_shards to bc_relay;
  grant select, update on events.consumer_shards to bc_worker;
  grant select on events.streams, events.shards to bc_worker;`;

export async function down(knex: Knex): Promise<void> {
  await knex.raw(forceRows('no force', ['outbox', 'pending']));
  await knex.raw(MOVE_BACK);
  await knex.raw(OLD_ISOLATION_AND_GRANTS);
  await knex.raw(forceRows('force', ['outbox']));
}

const MOVE_BACK = `
  drop trigger link_to_previous on events.outbox;
  drop trigger note_pending on events.outbox;
  drop function events.link_to_previous(), events.note_pending();
  create table events.group_counts (
    consumer_group text not null,
    tenant_id uuid not null,
    processed bigint not null,
    last_processed_at timestamptz not null,
    primary key (tenant_id, consumer_group)
  );
  alter table events.consumer_groups add column settled_position bigint not null default 0,
    add column erased_count bigint not null default 0;
  alter table events.streams add column position bigint not null default 0, drop column shard_count;
  alter table events.outbox drop column previous_event_id, add column published_at timestamptz, add column position bigint,
    add column stream_id text, add column attempts int not null default 0, add column last_error text;

  -- What is settled counts as published, one position each; what is not is published again.
  update events.outbox o set published_at = o.created_at, position = p.position, stream_id = '0-' || p.position
    from (select tenant_id, event_id, row_number() over (order by seq) as position from events.outbox e
           where not exists (select from events.pending w where w.tenant_id = e.tenant_id and w.event_id = e.event_id)) p
   where o.tenant_id = p.tenant_id and o.event_id = p.event_id;
  update events.streams set position = (select count(position) from events.outbox);
  update events.streams set redis_identity = null;
  insert into events.group_counts (consumer_group, tenant_id, processed, last_processed_at)
  select g.name, o.tenant_id, count(*), now() from events.outbox o cross join events.consumer_groups g
   where o.position is not null group by 1, 2;

  alter table events.outbox add check ((published_at is null) = (position is null)), alter column seq drop default;
  alter table events.outbox alter column seq add generated always as identity;
  select setval(pg_get_serial_sequence('events.outbox', 'seq'), (select last_value from events.outbox_seq));
  drop sequence events.outbox_seq;
  drop table events.consumer_shards, events.shards, events.aggregate_heads, events.pending;
  create index outbox_unpublished on events.outbox (seq) where published_at is null;
  create index outbox_by_position on events.outbox (position) where position is not null;`;

const OLD_ISOLATION_AND_GRANTS = `
  call platform.isolate_tenant_table('events.group_counts', '{bc_worker}', '{bc_relay,bc_console}');
  do $$
  declare
    target text;
  begin
    foreach target in array array['processed', 'retries', 'dead_letters'] loop
      execute format('create policy tenant_rows on events.%I for all to bc_worker
        using (tenant_id = platform.current_tenant_id()) with check (tenant_id = platform.current_tenant_id())', target);
      execute format('alter policy every_tenant on events.%I to %s bc_console', target,
                     case target when 'processed' then 'bc_relay,' else '' end);
      execute format('alter policy tenant_guard on events.%I to bc_app, bc_worker', target);
    end loop;
  end $$;
  alter policy every_tenant on events.outbox to bc_relay, bc_console;
  alter policy tenant_guard on events.outbox to bc_app, bc_worker;
  revoke select on events.outbox, events.streams from bc_worker;
  grant update (published_at, position, stream_id, attempts, last_error) on events.outbox to bc_relay;
  grant select on events.processed to bc_relay;
  grant update on events.consumer_groups to bc_relay;
  grant select on events.group_counts to bc_relay, bc_console;
  grant select, insert, update on events.group_counts to bc_worker;

  create function events.keep_erased_counts() returns trigger
  language plpgsql security definer set search_path = pg_catalog as $$
    begin
      update events.consumer_groups g set erased_count = g.erased_count + old.processed where g.name = old.consumer_group;
      return null;
    end $$;
  create trigger counts_outlive_tenants after delete on events.group_counts
    for each row execute function events.keep_erased_counts();`;
