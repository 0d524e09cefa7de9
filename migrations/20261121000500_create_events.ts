import type { Knex } from 'knex';

/**
 * The outbox, what became of its events in each consumer group, and the counters from which lag is computed.
 *
 * Why the outbox has no NOTIFY trigger: a transaction that notifies holds a cluster-wide lock through its commit, so a
 * trigger would make every store's commits wait for each other's fsync. The application wakes the relay after the commit,
 * at most once per 20 ms and process (platform/events); the relay's one-second poll finds whatever a lost wake-up left.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(OUTBOX);
  await knex.raw(STREAMS);
  await knex.raw(CONSUMPTION);
  await knex.raw(ISOLATION_AND_GRANTS);
}

/**
 * No cursor ever runs over seq: a transaction may commit a lower number after a higher one was read. Rows are taken by
 * `published_at is null`, which cannot miss any; seq only orders them. `position` is given by the one active relay as it
 * publishes, so it has neither gaps nor latecomers and the newest one is the number of events published.
 */
const OUTBOX = `
  create table events.outbox (
    seq bigint generated always as identity,
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
    published_at timestamptz,
    position bigint,
    stream_id text,
    attempts int not null default 0,
    last_error text,
    primary key (tenant_id, event_id),
    unique (tenant_id, aggregate_id, aggregate_version, type),
    check ((published_at is null) = (position is null))
  ) with (fillfactor = 85, autovacuum_vacuum_scale_factor = 0.02, autovacuum_analyze_scale_factor = 0.05);
  create index outbox_unpublished on events.outbox (seq) where published_at is null;
  create index outbox_by_position on events.outbox (position) where position is not null;`;

/**
 * lease_*: one relay publishes at a time; lease_epoch is the fence that a relay which slept through its lease cannot pass.
 * redis_identity: which life of which Redis holds the stream; another one means that the stream must be built again.
 */
const STREAMS = `
  create table events.streams (
    name text primary key,
    position bigint not null default 0,
    redis_identity text,
    rebuilt_at timestamptz,
    lease_holder text,
    lease_epoch bigint not null default 0,
    lease_until timestamptz
  );
  create table events.consumer_groups (
    stream text not null references events.streams (name),
    name text not null,
    -- Every event up to this position is settled: where the search for the oldest unsettled one begins.
    settled_position bigint not null default 0,
    primary key (stream, name)
  );
  insert into events.streams (name) values ('events:construction');
  insert into events.consumer_groups (stream, name) values ('events:construction', 'engines');

  create table platform.stream_samples (
    stream text not null,
    consumer_group text not null,
    sampled_at timestamptz not null,
    published bigint not null,
    processed bigint not null,
    unpublished bigint not null,
    primary key (stream, consumer_group, sampled_at)
  );`;

/** Each row is written in the transaction of the effect it tells of. */
const CONSUMPTION = `
  create table events.processed (
    consumer_group text not null,
    tenant_id uuid not null,
    event_id uuid not null,
    outcome text not null check (outcome in ('applied', 'ignored', 'dead_lettered')),
    processed_at timestamptz not null,
    primary key (tenant_id, consumer_group, event_id)
  );
  create table events.group_counts (
    consumer_group text not null,
    tenant_id uuid not null,
    processed bigint not null,
    last_processed_at timestamptz not null,
    primary key (tenant_id, consumer_group)
  );
  -- Attempts after the first, counted before each one starts, so that an event which kills its worker is counted too.
  create table events.retries (
    consumer_group text not null,
    tenant_id uuid not null,
    event_id uuid not null,
    attempts int not null,
    last_error text,
    first_attempt_at timestamptz not null,
    last_attempt_at timestamptz not null,
    primary key (tenant_id, consumer_group, event_id)
  );
  create table events.dead_letters (
    tenant_id uuid not null,
    id uuid not null,
    consumer_group text not null,
    event_id uuid not null,
    type text not null,
    schema_version int not null,
    occurred_at timestamptz not null,
    correlation_id text not null,
    payload jsonb not null,
    reason text not null check (reason in ('handler_failed', 'unknown_version', 'invalid_payload')),
    error text not null,
    attempts int not null,
    worker text not null,
    first_attempt_at timestamptz not null,
    died_at timestamptz not null,
    primary key (tenant_id, id),
    unique (tenant_id, consumer_group, event_id)
  );
  create index dead_letters_by_time on events.dead_letters (tenant_id, died_at desc, id desc);`;

const ISOLATION_AND_GRANTS = `
  call platform.isolate_tenant_table('events.outbox', '{bc_app}', '{bc_relay,bc_console}');
  call platform.isolate_tenant_table('events.processed', '{bc_worker}', '{bc_relay,bc_console}');
  call platform.isolate_tenant_table('events.group_counts', '{bc_worker}', '{bc_relay,bc_console}');
  call platform.isolate_tenant_table('events.retries', '{bc_worker}', '{bc_console}');
  call platform.isolate_tenant_table('events.dead_letters', '{bc_worker}', '{bc_console}');

  -- The application writes events and cannot read them back, nor change one that is written.
  grant insert on events.outbox to bc_app;
  grant select, update (published_at, position, stream_id, attempts, last_error) on events.outbox to bc_relay;
  grant select, update on events.streams, events.consumer_groups to bc_relay;
  grant select on events.processed, events.group_counts to bc_relay;
  grant select, insert, delete on platform.stream_samples to bc_relay;
  grant select, insert on events.processed, events.dead_letters to bc_worker;
  grant select, insert, update on events.group_counts to bc_worker;
  grant select, insert, update, delete on events.retries to bc_worker;
  grant select on events.outbox, events.streams, events.consumer_groups, events.processed, events.group_counts,
    events.retries, events.dead_letters, platform.stream_samples to bc_console;`;

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    drop table events.dead_letters, events.retries, events.group_counts, events.processed, platform.stream_samples,
               events.consumer_groups, events.streams, events.outbox;
  `);
}
