import type { Knex } from 'knex';

/**
 * What is known of a machine besides its address: what it said of itself and when, a day of samples, the state of the SSH
 * connection to it, and the key that we log in with. And what a job prints, while it prints it.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    -- failures: how often in a row the machine did not answer, counted some time apart; failed_at: when it last counted.
    alter table platform.droplets
      add column failures int not null default 0 check (failures >= 0),
      add column failed_at timestamptz,
      add column retired_at timestamptz;

    -- The public halves; the private ones never leave the folder of the ops worker.
    create table platform.login_keys (
      name text primary key check (name ~ '^[a-z0-9][a-z0-9._-]*$' and char_length(name) <= 64),
      public_key text not null,
      made_at timestamptz not null,
      recorded_at timestamptz not null
    );
    -- making: asked for; made: to be installed on the machine; verified: the machine lets it in; switching: it becomes the
    -- one key just now; finished: it is.
    create table platform.droplet_key_rotations (
      id uuid primary key,
      droplet_id uuid not null references platform.droplets (id),
      old_key_name text not null,
      new_key_name text not null,
      state text not null check (state in ('making', 'made', 'verified', 'switching', 'finished', 'abandoned')),
      problem text,
      began_at timestamptz not null,
      began_by text not null,
      verified_at timestamptz,
      ended_at timestamptz
    );
    create unique index droplet_key_rotations_one_open on platform.droplet_key_rotations (droplet_id)
      where state in ('making', 'made', 'verified', 'switching');
    create index droplet_key_rotations_by_droplet on platform.droplet_key_rotations (droplet_id, began_at desc);

    -- What each verb last printed, read apart; a verb that was never answered is null, not zero.
    create table platform.droplet_facts (
      droplet_id uuid primary key references platform.droplets (id),
      status jsonb,
      status_as_of timestamptz,
      round_trip_ms int,
      clock_skew_ms int,
      clock_uncertainty_ms int,
      processes jsonb,
      processes_as_of timestamptz,
      certificates jsonb,
      certificates_as_of timestamptz,
      log_name text,
      log_tail text,
      log_as_of timestamptz,
      shell_refused boolean,
      shell_answer text,
      shell_as_of timestamptz
    );
    -- The highest of each five minutes, kept for a day.
    create table platform.droplet_samples (
      droplet_id uuid not null references platform.droplets (id),
      at timestamptz not null,
      load_per_core numeric(8, 3),
      memory_used numeric(5, 4) check (memory_used between 0 and 1),
      disk_used numeric(5, 4) check (disk_used between 0 and 1),
      primary key (droplet_id, at)
    );
    -- What each ops worker says of its connection to each machine.
    create table platform.droplet_connections (
      droplet_id uuid not null references platform.droplets (id),
      instance text not null,
      state text not null check (state in ('idle', 'connecting', 'open', 'failing', 'resting')),
      since timestamptz,
      running int not null,
      waiting int not null,
      failures int not null,
      error_code text,
      error_message text,
      retry_at timestamptz,
      as_of timestamptz not null,
      primary key (droplet_id, instance)
    );

    create table platform.job_output (
      job_id uuid not null references platform.jobs (id) on delete cascade,
      seq int not null check (seq > 0),
      at timestamptz not null,
      text text not null,
      primary key (job_id, seq)
    );
    create index job_output_by_time on platform.job_output (at);
    create trigger job_output_added after insert on platform.job_output
      for each row execute function platform.notify_job();
    create index jobs_by_droplet on platform.jobs ((payload ->> 'dropletId'), created_at desc, id desc)
      where kind like 'droplet.%';

    grant select, insert, update on platform.login_keys, platform.droplet_key_rotations to bc_console;
    grant select, insert, update, delete on platform.droplet_facts, platform.droplet_samples,
                                            platform.droplet_connections to bc_console;
    grant delete on platform.login_keys to bc_console;
    grant select, insert, delete on platform.job_output to bc_console;
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    drop index platform.jobs_by_droplet;
    drop table platform.job_output, platform.droplet_connections, platform.droplet_samples, platform.droplet_facts,
               platform.droplet_key_rotations, platform.login_keys;
    alter table platform.droplets drop column failures, drop column failed_at, drop column retired_at;
  `);
}
