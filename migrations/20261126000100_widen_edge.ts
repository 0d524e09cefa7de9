import type { Knex } from 'knex';

/**
 * Publications of many stores at once, with an outcome per file; the maps that need a reload (other names, domains and
 * limits of stores); what an edge was found to hold that nobody published; and the plans whose limits the edge keeps.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create table platform.plans (
      code text primary key check (code ~ '^[a-z]{3,20}$'),
      position int not null unique,
      requests_per_second int not null check (requests_per_second between 1 and 10000),
      burst int not null check (burst between 1 and 20000),
      max_users int not null check (max_users > 0)
    );
    insert into platform.plans (code, position, requests_per_second, burst, max_users) values
      ('standard', 1, 100, 200, 10),
      ('plus', 2, 200, 400, 40),
      ('premium', 3, 500, 1000, 200);
    alter table platform.tenants add constraint tenants_plan foreign key (plan) references platform.plans (code);
    grant select on platform.plans to bc_console, bc_app;

    -- partial: some of its files are served, others could not be published and say why.
    alter table platform.edge_revisions
      add column kind text not null default 'tenants' check (kind in ('tenants', 'maps')),
      add column purpose text not null default 'publish',
      drop constraint edge_revisions_outcome_check,
      add constraint edge_revisions_outcome_check
        check (outcome in ('pending', 'sent', 'confirmed', 'partial', 'failed'));
    create index edge_revisions_by_time on platform.edge_revisions (created_at desc, number desc);

    -- superseded: a newer revision of the same file was on the disk before this one could be sent.
    alter table platform.edge_revision_files
      add column outcome text not null default 'confirmed'
        check (outcome in ('pending', 'sent', 'confirmed', 'superseded', 'failed')),
      add column error_code text,
      add column error_message text,
      add column finished_at timestamptz;
    update platform.edge_revision_files f
       set outcome = r.outcome, error_code = r.error_code, error_message = r.error_message, finished_at = r.finished_at
      from platform.edge_revisions r where r.number = f.revision;
    alter table platform.edge_revision_files alter column outcome set default 'pending';
    create index edge_revision_files_by_tenant on platform.edge_revision_files (tenant_id, slug, revision desc);
    -- What was published is never rewritten; what became of it is.
    grant update (outcome, error_code, error_message, finished_at) on platform.edge_revision_files to bc_console;

    -- When the edge was last asked for the store, whatever it answered.
    alter table platform.edge_files add column probed_at timestamptz;
    create index edge_files_by_probe on platform.edge_files (probed_at nulls first);

    -- The maps of one revision, as the typed lines that were sent: 'alias <old slug> <slug>' and so on.
    create table platform.edge_revision_maps (
      revision bigint primary key references platform.edge_revisions (number),
      lines text not null,
      sha256 text not null,
      previous_revision bigint references platform.edge_revisions (number)
    );
    -- One row an edge: the maps it has, who is publishing new ones just now, and when it last reloaded.
    create table platform.edge_maps (
      droplet_id uuid primary key references platform.droplets (id),
      revision bigint references platform.edge_revisions (number),
      sha256 text,
      published_at timestamptz,
      claimed_by text,
      claimed_until timestamptz,
      reloaded_at timestamptz
    );
    create table platform.edge_reloads (
      id uuid primary key,
      droplet_id uuid not null references platform.droplets (id),
      at timestamptz not null,
      author text not null,
      reason text not null,
      job_id uuid references platform.jobs (id),
      duration_ms int not null check (duration_ms >= 0),
      error_message text
    );
    create index edge_reloads_by_droplet on platform.edge_reloads (droplet_id, at desc, id desc);

    -- What was found on an edge's disk that differs from what was published there, until somebody restores or adopts it.
    create table platform.edge_drift (
      droplet_id uuid not null references platform.droplets (id),
      kind text not null check (kind in ('edited', 'deleted', 'mode', 'unknown', 'foreign', 'maps')),
      name text not null,
      tenant_id uuid references platform.tenants (id),
      expected text,
      actual text,
      -- The bytes found, where they could be read.
      found text,
      found_at timestamptz not null,
      seen_at timestamptz not null,
      primary key (droplet_id, kind, name)
    );
    create index edge_drift_by_tenant on platform.edge_drift (tenant_id);
    create table platform.edge_looks (
      droplet_id uuid primary key references platform.droplets (id),
      looked_at timestamptz not null,
      error_message text
    );

    grant select, insert on platform.edge_revision_maps, platform.edge_reloads to bc_console;
    grant select, insert, update on platform.edge_maps, platform.edge_looks to bc_console;
    grant select, insert, update, delete on platform.edge_drift to bc_console;
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    drop table platform.edge_looks, platform.edge_drift, platform.edge_reloads, platform.edge_maps, platform.edge_revision_maps;
    revoke update (outcome, error_code, error_message, finished_at) on platform.edge_revision_files from bc_console;
    drop index platform.edge_files_by_probe;
    alter table platform.edge_files drop column probed_at;
    drop index platform.edge_revision_files_by_tenant;
    alter table platform.edge_revision_files
      drop column outcome, drop column error_code, drop column error_message, drop column finished_at;
    drop index platform.edge_revisions_by_time;
    delete from platform.edge_revision_files where revision in (select number from platform.edge_revisions where outcome = 'partial');
    update platform.edge_revisions set outcome = 'failed' where outcome = 'partial';
    alter table platform.edge_revisions
      drop column kind, drop column purpose,
      drop constraint edge_revisions_outcome_check,
      add constraint edge_revisions_outcome_check check (outcome in ('pending', 'sent', 'confirmed', 'failed'));
    alter table platform.tenants drop constraint tenants_plan;
    drop table platform.plans;
  `);
}
