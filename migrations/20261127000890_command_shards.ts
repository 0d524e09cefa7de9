import type { Knex } from 'knex';

/** What operators ask of Redis for a shard. The shard's owner does it, since the console may only look. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create table events.commands (
      id uuid primary key,
      stream text not null,
      consumer_group text not null,
      shard int not null,
      kind text not null check (kind in ('claim', 'trim', 'remove_consumer')),
      -- Of whom entries are claimed, or who is removed.
      consumer text,
      -- The entry before which to trim; as far as is safe when null.
      trim_before text,
      reason text not null,
      asked_by text not null,
      asked_at timestamptz not null,
      expires_at timestamptz not null,
      state text not null default 'waiting' check (state in ('waiting', 'done', 'refused')),
      refusal text check (refusal in ('has_pending', 'is_owner', 'unknown_consumer', 'unsafe', 'expired')),
      entries int,
      ended_at timestamptz,
      check ((consumer is null) = (kind = 'trim')),
      check (trim_before is null or kind = 'trim'),
      check ((state = 'waiting') = (ended_at is null)),
      check ((state = 'refused') = (refusal is not null)),
      foreign key (stream, consumer_group) references events.consumer_groups (stream, name)
    );
    create index commands_waiting on events.commands (shard, asked_at) where state = 'waiting';
    create index commands_by_time on events.commands (asked_at desc);
    grant select, update (state, refusal, entries, ended_at) on events.commands to bc_worker;
    grant select, insert on events.commands to bc_console;`);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('drop table events.commands');
}
