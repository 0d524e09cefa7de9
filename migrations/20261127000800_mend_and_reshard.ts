import type { Knex } from 'knex';

/**
 * Lets operators try a dead letter again with a payload that was mended, while the event itself stays as it was written, and
 * change the number of a stream's shards.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    alter table events.dead_letters
      add column mended_payload jsonb check (jsonb_typeof(mended_payload) = 'object');
    grant update (mended_payload) on events.dead_letters to bc_console;
    grant update (shard_count) on events.streams to bc_console;`);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    revoke update (shard_count) on events.streams from bc_console;
    alter table events.dead_letters drop column mended_payload;`);
}
