import type { Knex } from 'knex';

/**
 * What the on-call screen is drawn from: readings of each stage (the relay, and each shard of each group), the health of
 * what they run on, and marks of what people did. Readings of 5 s are kept for hours, those of 15 min for a month. The
 * samples of before told only of a group as a whole and were never looked at after a minute, so they are not kept.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    drop table platform.stream_samples;

    -- The stage between outbox and stream is written as the group 'relay', shard 0: its backlog is what is unpublished.
    alter table events.consumer_groups add constraint relay_is_no_group check (name <> 'relay');
    create table platform.stream_samples (
      stream text not null,
      span_seconds int not null check (span_seconds in (5, 60, 900)),
      sampled_at timestamptz not null,
      consumer_group text not null,
      shard int not null,
      published bigint not null,
      processed bigint not null,
      parked bigint not null,
      backlog bigint not null,
      oldest_age_ms bigint,
      delays bigint[] not null,
      primary key (stream, span_seconds, sampled_at, consumer_group, shard)
    );
    create table platform.stream_health (
      stream text not null,
      span_seconds int not null check (span_seconds in (5, 60, 900)),
      sampled_at timestamptz not null,
      redis_used_bytes bigint,
      redis_max_bytes bigint,
      dead_tuples bigint not null,
      oldest_xmin bigint,
      oldest_xmin_of text,
      primary key (stream, span_seconds, sampled_at)
    );
    create table platform.stream_marks (
      id uuid primary key default gen_random_uuid(),
      stream text not null references events.streams (name),
      marked_at timestamptz not null default clock_timestamp(),
      kind text not null check (kind in ('deploy', 'pause', 'resume', 'replay', 'rebuild')),
      made_by text not null,
      note text not null default ''
    );
    create index stream_marks_by_time on platform.stream_marks (stream, marked_at);

    -- Events ever published or settled, by how long after their commit: counters like the others, so that the difference
    -- of any two readings tells the delays of the time between them.
    alter table events.shards add column delays bigint[] not null default '{}';
    alter table events.consumer_shards add column delays bigint[] not null default '{}';

    grant select, insert, delete on platform.stream_samples, platform.stream_health, platform.stream_marks to bc_relay;
    grant select on platform.stream_samples, platform.stream_health to bc_console;
    grant select, insert on platform.stream_marks to bc_console;`);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    alter table events.consumer_shards drop column delays;
    alter table events.shards drop column delays;
    alter table events.consumer_groups drop constraint relay_is_no_group;
    drop table platform.stream_marks, platform.stream_health, platform.stream_samples;
    create table platform.stream_samples (
      stream text not null,
      consumer_group text not null,
      sampled_at timestamptz not null,
      published bigint not null,
      processed bigint not null,
      unpublished bigint not null,
      primary key (stream, consumer_group, sampled_at)
    );
    grant select, insert, delete on platform.stream_samples to bc_relay;
    grant select on platform.stream_samples to bc_console;`);
}
