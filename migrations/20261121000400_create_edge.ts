import type { Knex } from 'knex';

/**
 * The machines we manage, the numbered revisions of what their edges should serve, and what they do serve. The database
 * is the truth: a file on an edge is a projection of the newest confirmed revision.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create table platform.droplets (
      id uuid primary key,
      name text not null unique check (name ~ '^[a-z0-9]+(-[a-z0-9]+)*$' and char_length(name) <= 40),
      role text not null check (role in ('edge', 'vertical', 'infra')),
      host text not null,
      port int not null check (port between 1 and 65535),
      username text not null,
      -- 'ssh-ed25519 AAAA…', pinned when the droplet was enrolled.
      host_key text not null,
      key_name text not null,
      probe_url text check (role <> 'edge' or probe_url is not null),
      status text not null check (status in ('enrolled', 'reachable', 'unreachable', 'host_key_changed')),
      last_seen_at timestamptz,
      last_error text,
      enrolled_at timestamptz not null,
      enrolled_by text not null,
      updated_at timestamptz not null
    );

    -- pending: nothing was sent; sent: it may be on the disk; confirmed: the edge answered with it;
    -- failed: the edge serves what it served before.
    create table platform.edge_revisions (
      number bigint generated always as identity primary key,
      droplet_id uuid not null references platform.droplets (id),
      author text not null,
      reason text not null,
      job_id uuid references platform.jobs (id),
      outcome text not null check (outcome in ('pending', 'sent', 'confirmed', 'failed')),
      error_code text,
      error_message text,
      created_at timestamptz not null,
      finished_at timestamptz
    );
    create index edge_revisions_by_droplet on platform.edge_revisions (droplet_id, number desc);
    create index edge_revisions_by_job on platform.edge_revisions (job_id, number);

    -- The exact bytes are kept (json, not jsonb), so that a revision can be sent again unchanged.
    create table platform.edge_revision_files (
      tenant_id uuid not null references platform.tenants (id),
      revision bigint not null references platform.edge_revisions (number),
      slug text not null,
      action text not null check (action in ('put', 'remove')),
      state text check (state in ('live', 'suspended')),
      document json,
      sha256 text,
      -- Hash of the document without its revision: two revisions that say the same have it in common.
      content_sha256 text,
      -- What the edge served before, to be put back when this revision fails.
      previous_revision bigint references platform.edge_revisions (number),
      previous_sha256 text,
      primary key (tenant_id, revision, slug),
      check (action = 'remove' or (state is not null and document is not null and sha256 is not null
                                   and content_sha256 is not null))
    );
    create index edge_revision_files_by_revision on platform.edge_revision_files (revision);

    create table platform.edge_files (
      tenant_id uuid not null references platform.tenants (id),
      droplet_id uuid not null references platform.droplets (id),
      slug text not null,
      revision bigint not null references platform.edge_revisions (number),
      state text not null check (state in ('live', 'suspended')),
      sha256 text not null,
      content_sha256 text not null,
      published_at timestamptz not null,
      confirmed_at timestamptz,
      probe_error text,
      primary key (tenant_id, droplet_id, slug)
    );
    create index edge_files_by_droplet on platform.edge_files (droplet_id, slug);

    call platform.isolate_tenant_table('platform.edge_revision_files', '{}', '{bc_console}');
    call platform.isolate_tenant_table('platform.edge_files', '{}', '{bc_console}');
    grant select, insert, update on platform.droplets, platform.edge_revisions to bc_console;
    grant select, insert on platform.edge_revision_files to bc_console;
    grant select, insert, update, delete on platform.edge_files to bc_console;
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    drop table platform.edge_files, platform.edge_revision_files, platform.edge_revisions, platform.droplets;
  `);
}
