import type { Knex } from 'knex';

/**
 * What a file of stores would do, line by line, as it was shown to whoever confirms it, and then what became of each line:
 * the outcome commits together with the store it made or changed, so that no line is done twice. A tenant's lines are
 * erased with it; all are forgotten after some days.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create table platform.applications (
      id uuid primary key,
      format text not null check (format in ('csv', 'yaml')),
      created_by text not null,
      created_at timestamptz not null,
      confirmed_at timestamptz,
      job_id uuid references platform.jobs (id) on delete set null
    );
    create index applications_by_time on platform.applications (created_at);

    -- position: from 1, in the file's order; of JSON many can be on one line. action: what was planned. outcome: what was done; null where nothing was (yet). entry: what the line says, or null
    -- where it cannot be read. tenant_id: the store that there was, or that was made.
    create table platform.application_lines (
      application_id uuid not null references platform.applications (id) on delete cascade,
      position int not null check (position > 0),
      line int not null check (line > 0),
      slug text not null,
      tenant_id uuid references platform.tenants (id),
      action text not null check (action in ('create', 'update', 'unchanged', 'refused')),
      entry jsonb,
      changes jsonb not null check (jsonb_typeof(changes) = 'array'),
      faults jsonb not null check (jsonb_typeof(faults) = 'array'),
      admin_kept boolean not null,
      outcome text check (outcome in ('created', 'updated', 'changed', 'failed')),
      error_code text,
      error_message text,
      store_job_id uuid references platform.jobs (id) on delete set null,
      primary key (application_id, position)
    );
    create index application_lines_by_tenant on platform.application_lines (tenant_id) where tenant_id is not null;

    grant select, insert, update, delete on platform.applications, platform.application_lines to bc_console;
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('drop table platform.application_lines, platform.applications;');
}
