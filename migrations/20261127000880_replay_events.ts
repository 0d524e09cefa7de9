import type { Knex } from 'knex';

/**
 * Events that a group is to apply once more: those it has applied, of a time, and of one store or type if so wished. One such
 * replay runs at a time; workers note after which event it goes on.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create table events.replays (
      id uuid primary key,
      stream text not null,
      consumer_group text not null,
      from_at timestamptz not null,
      to_at timestamptz not null,
      -- No tenant's row: what it tells is of the platform's events.
      of_tenant uuid,
      of_type text,
      reason text not null,
      asked_by text not null,
      asked_at timestamptz not null,
      state text not null default 'running' check (state in ('running', 'done', 'cancelled')),
      total bigint not null check (total >= 0),
      applied bigint not null default 0,
      failed bigint not null default 0,
      after_tenant uuid not null,
      after_event uuid not null,
      last_error text,
      ended_at timestamptz,
      check (from_at < to_at),
      check ((state = 'running') = (ended_at is null)),
      foreign key (stream, consumer_group) references events.consumer_groups (stream, name)
    );
    create unique index replays_one_at_a_time on events.replays (stream, consumer_group) where state = 'running';
    create index replays_by_time on events.replays (asked_at desc);
    grant select, update (state, applied, failed, after_tenant, after_event, last_error, ended_at) on events.replays to bc_worker;
    grant select, insert, update (state, ended_at) on events.replays to bc_console;`);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('drop table events.replays');
}
