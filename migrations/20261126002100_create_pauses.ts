import type { Knex } from 'knex';

/**
 * What a group does not process for now: everything, one shard, the events of one store or those of one type. The relay
 * and the workers read it once a second.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create table events.pauses (
      id uuid primary key,
      stream text not null,
      consumer_group text not null,
      scope text not null check (scope in ('all', 'shard', 'tenant', 'type')),
      -- The number of a shard, the id of a store, the name of a type; empty for everything.
      target text not null check ((scope = 'all') = (target = '')),
      reason text not null,
      paused_by text not null,
      paused_at timestamptz not null,
      expires_at timestamptz,
      constraint pauses_once unique (stream, consumer_group, scope, target),
      foreign key (stream, consumer_group) references events.consumer_groups (stream, name)
    );
    grant select on events.pauses to bc_relay, bc_worker;
    grant select, insert, delete on events.pauses to bc_console;
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('drop table events.pauses');
}
