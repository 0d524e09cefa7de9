import type { Knex } from 'knex';

/**
 * What is done again and again by the clock, and each time it was due. A slot is claimed by the row of its run: one of
 * several workers writes it, in the transaction that asks for the job.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create table platform.schedules (
      id uuid primary key,
      name text not null check (name <> ''),
      work text not null,
      cron text not null,
      timezone text not null,
      when_missed text not null check (when_missed in ('run_once', 'skip')),
      -- Null while it is paused.
      next_due_at timestamptz,
      created_by text not null,
      created_at timestamptz not null,
      updated_at timestamptz not null,
      version int not null default 1
    );
    create unique index schedules_by_name on platform.schedules (lower(name));
    create index schedules_by_due_time on platform.schedules (next_due_at) where next_due_at is not null;

    -- slots: how many due times a missed run stands for, the first of them due_at. due_at of a run by hand is when it was
    -- asked for.
    create table platform.schedule_runs (
      schedule_id uuid not null references platform.schedules (id) on delete cascade,
      due_at timestamptz not null,
      outcome text not null check (outcome in ('started', 'skipped', 'missed')),
      reason text check (reason in ('by_hand', 'late', 'still_running', 'scheduler_away')),
      slots int not null default 1 check (slots > 0),
      job_id uuid references platform.jobs (id) on delete set null,
      requested_by text,
      noted_at timestamptz not null,
      primary key (schedule_id, due_at)
    );
    create index schedule_runs_by_job on platform.schedule_runs (job_id);

    grant select, insert, update, delete on platform.schedules, platform.schedule_runs to bc_console;

    insert into platform.schedules (id, name, work, cron, timezone, when_missed, next_due_at, created_by, created_at, updated_at)
    values ('01939b1e-0000-7000-8000-00000000a001', 'Daily reload of nginx', 'reload_edges', '0 4 * * *',
            'America/Sao_Paulo', 'skip', date_trunc('day', now() at time zone 'America/Sao_Paulo') at time zone 'America/Sao_Paulo' + interval '28 hours',
            'BaseCommerce', now(), now());
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('drop table platform.schedule_runs, platform.schedules;');
}
