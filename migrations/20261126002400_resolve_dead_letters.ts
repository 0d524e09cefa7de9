import type { Knex } from 'knex';

/**
 * A dead letter holds back the events after it of its aggregate, so somebody must be able to end it: it is tried again, or
 * skipped. `replaying` asks a worker for it; `replay_started_at` is committed before the try, so that one which ends its
 * worker is not tried for ever.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    alter table events.dead_letters
      add column state text not null default 'dead' check (state in ('dead', 'replaying', 'applied', 'skipped')),
      add column asked_by text,
      add column asked_at timestamptz,
      add column asked_because text,
      add column replay_started_at timestamptz,
      add column resolved_at timestamptz,
      add check ((state in ('applied', 'skipped')) = (resolved_at is not null));
    create index dead_letters_replaying on events.dead_letters (died_at) where state = 'replaying';
    create index dead_letters_open on events.dead_letters (died_at desc, id desc) where state in ('dead', 'replaying');
    grant update (state, asked_by, asked_at, asked_because, replay_started_at, resolved_at) on events.dead_letters to bc_console;
    grant update (state, replay_started_at, resolved_at, error, attempts, worker, died_at) on events.dead_letters to bc_worker;
    grant update (outcome) on events.processed to bc_worker;
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    revoke update (outcome) on events.processed from bc_worker;
    revoke update (state, replay_started_at, resolved_at, error, attempts, worker, died_at) on events.dead_letters from bc_worker;
    drop index events.dead_letters_open, events.dead_letters_replaying;
    alter table events.dead_letters drop column state, drop column asked_by, drop column asked_at, drop column asked_because,
      drop column replay_started_at, drop column resolved_at;
  `);
}
