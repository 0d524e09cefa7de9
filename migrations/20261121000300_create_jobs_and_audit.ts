import type { Knex } from 'knex';

/** The journal of durable jobs, the audit log, alerts, process heartbeats and the API's idempotency keys. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create table platform.jobs (
      id uuid primary key,
      kind text not null,
      subject text not null,
      tenant_id uuid references platform.tenants (id),
      payload jsonb not null,
      status text not null check (status in ('queued', 'running', 'undoing', 'succeeded', 'failed', 'cancelled')),
      attempts int not null default 0,
      error_code text,
      error_message text,
      cancel_requested_at timestamptz,
      requested_by text not null,
      request_id text not null,
      lease_owner text,
      lease_until timestamptz,
      created_at timestamptz not null,
      started_at timestamptz,
      finished_at timestamptz,
      updated_at timestamptz not null
    );
    create index jobs_by_creation on platform.jobs (created_at desc, id desc);
    create index jobs_by_tenant on platform.jobs (tenant_id, created_at desc, id desc);
    create index jobs_unfinished on platform.jobs (created_at) where status in ('queued', 'running', 'undoing');

    create table platform.job_steps (
      job_id uuid not null references platform.jobs (id),
      position int not null check (position > 0),
      name text not null,
      status text not null check (status in ('pending', 'running', 'done', 'failed', 'undone', 'skipped')),
      attempts int not null default 0,
      output text,
      error_message text,
      started_at timestamptz,
      finished_at timestamptz,
      primary key (job_id, position)
    );

    -- Whoever watches a job is told that something changed; the payload is only the id, the reader looks for itself.
    create function platform.notify_job() returns trigger language plpgsql as $$
      begin
        perform pg_notify('jobs', coalesce(to_jsonb(new) ->> 'job_id', to_jsonb(new) ->> 'id'));
        return null;
      end $$;
    -- Not on every update: a worker renews its lease each second, and that is no news to a reader.
    create trigger jobs_changed after insert or update of status, cancel_requested_at on platform.jobs
      for each row execute function platform.notify_job();
    create trigger job_steps_changed after update on platform.job_steps for each row execute function platform.notify_job();

    create table platform.audit_log (
      id uuid primary key,
      at timestamptz not null,
      actor_kind text not null check (actor_kind in ('operator', 'token', 'user', 'system')),
      actor_id text,
      actor_label text not null,
      action text not null,
      subject_type text not null,
      subject_id text not null,
      subject_label text not null,
      tenant_id uuid,
      before jsonb,
      after jsonb,
      ip inet,
      request_id text not null
    );
    create index audit_log_by_time on platform.audit_log (at desc, id desc);
    create index audit_log_by_tenant on platform.audit_log (tenant_id, at desc, id desc);
    create index audit_log_by_action on platform.audit_log (action, at desc, id desc);

    create table platform.alerts (
      id uuid primary key,
      key text not null,
      severity text not null check (severity in ('warning', 'critical')),
      title text not null,
      detail text not null,
      tenant_id uuid,
      opened_at timestamptz not null,
      last_seen_at timestamptz not null,
      resolved_at timestamptz
    );
    create unique index alerts_one_open_per_key on platform.alerts (key) where resolved_at is null;
    create index alerts_open on platform.alerts (opened_at desc) where resolved_at is null;

    create table platform.heartbeats (
      process text not null,
      instance text not null,
      started_at timestamptz not null,
      beat_at timestamptz not null,
      detail jsonb not null default '{}',
      primary key (process, instance)
    );

    create table platform.idempotency_keys (
      scope text not null,
      key text not null check (char_length(key) between 1 and 200),
      request_hash text not null,
      status int,
      response jsonb,
      created_at timestamptz not null,
      expires_at timestamptz not null,
      primary key (scope, key)
    );
    create index idempotency_keys_by_expiry on platform.idempotency_keys (expires_at);

    grant select, insert, update on platform.jobs, platform.job_steps, platform.alerts to bc_console;
    -- Insert only: nobody who serves requests can rewrite what was done.
    grant select, insert on platform.audit_log to bc_console;
    grant select, insert, update, delete on platform.idempotency_keys to bc_console;
    grant select, insert, update, delete on platform.heartbeats to bc_console, bc_relay, bc_worker;
    grant execute on function platform.notify_job() to bc_console;
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    drop table platform.idempotency_keys, platform.heartbeats, platform.alerts, platform.audit_log,
               platform.job_steps, platform.jobs;
    drop function platform.notify_job();
  `);
}
