import type { Knex } from 'knex';

/** How many events of a store the relay publishes at most, so that one which floods the stream waits and the others do not. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create table events.limits (
      id uuid primary key,
      -- No tenant's row: operators set it.
      of_tenant uuid not null constraint limits_once unique,
      per_second int not null check (per_second between 1 and 10000),
      reason text not null,
      set_by text not null,
      set_at timestamptz not null,
      expires_at timestamptz
    );
    grant select on events.limits to bc_relay;
    grant select, insert, delete on events.limits to bc_console;`);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('drop table events.limits');
}
