import type { Knex } from 'knex';

/** What a step did is stored as keys and values instead of an English sentence, so that each reader gets their language. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    alter table platform.job_steps alter column output type jsonb using case
      when output is not null then jsonb_build_array(jsonb_build_object('key', 'said', 'values', jsonb_build_object('text', output)))
    end;
  `);
}

/** A sentence that was one before is one again; of what was stored since, the keys and values remain, as text. */
export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    alter table platform.job_steps alter column output type text
      using coalesce(output #>> '{0,values,text}', output::text);
  `);
}
