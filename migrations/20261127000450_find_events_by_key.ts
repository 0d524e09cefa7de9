import type { Knex } from 'knex';

/**
 * A day begins with an empty partition, and for an empty table every index looks equally good: a plan made then, and kept,
 * would find each event by its store alone and read all that the store did since. Without a second index that begins with
 * the store there is nothing to choose. Ids of aggregates are unique among stores.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    drop index events.outbox_by_aggregate;
    create index outbox_by_aggregate on events.outbox (aggregate_id, seq);`);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    drop index events.outbox_by_aggregate;
    create index outbox_by_aggregate on events.outbox (tenant_id, aggregate_id, seq);`);
}
