import type { Knex } from 'knex';

/**
 * Tells people of alerts: what is watched and since when it is so; a notice for each alert that opens or ends, with a
 * delivery for each way out; who looks after an alert; and what nobody wants to hear of for a while. When a store's alerts go
 * with it, so do their notices.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(TABLES);
  await knex.raw(NOTICES);
}

const TABLES = `
  alter table platform.alerts
    add column acknowledged_at timestamptz,
    add column acknowledged_by text,
    add column note text;
  create index alerts_resolved on platform.alerts (resolved_at desc) where resolved_at is not null;
  create table platform.alert_conditions (
    key text primary key,
    is_true boolean not null,
    since timestamptz not null,
    seen_at timestamptz not null
  );
  create table platform.alert_mutes (
    id uuid primary key,
    key text not null,
    reason text not null,
    muted_by text not null,
    muted_at timestamptz not null,
    expires_at timestamptz not null,
    ended_at timestamptz
  );
  create index alert_mutes_open on platform.alert_mutes (expires_at) where ended_at is null;
  create table platform.alert_notices (
    id uuid primary key default gen_random_uuid(),
    alert_id uuid references platform.alerts (id) on delete cascade,
    transition text not null check (transition in ('opened', 'resolved', 'test')),
    created_at timestamptz not null default clock_timestamp(),
    planned_at timestamptz,
    check ((alert_id is null) = (transition = 'test'))
  );
  create index alert_notices_unplanned on platform.alert_notices (created_at) where planned_at is null;
  create index alert_notices_by_alert on platform.alert_notices (alert_id, transition);
  create index alert_notices_by_time on platform.alert_notices (created_at desc);
  create table platform.alert_deliveries (
    notice_id uuid not null references platform.alert_notices (id) on delete cascade,
    channel text not null check (channel in ('webhook', 'email')),
    state text not null check (state in ('pending', 'sent', 'muted', 'failed')),
    attempts int not null default 0,
    next_attempt_at timestamptz not null,
    last_error text,
    sent_at timestamptz,
    primary key (notice_id, channel)
  );
  create index alert_deliveries_due on platform.alert_deliveries (next_attempt_at) where state = 'pending';
  grant select, insert, update, delete on platform.alert_conditions to bc_console;
  grant select, insert, update on platform.alert_mutes, platform.alert_notices, platform.alert_deliveries to bc_console;`;

/** By the table itself, in the transaction that opens or ends the alert, so that no code can forget it. */
const NOTICES = `
  create function platform.note_alert() returns trigger language plpgsql as $$
  begin
    insert into platform.alert_notices (alert_id, transition)
    values (new.id, case when new.resolved_at is null then 'opened' else 'resolved' end);
    return null;
  end $$;
  create trigger note_opened after insert on platform.alerts for each row execute function platform.note_alert();
  create trigger note_resolved after update of resolved_at on platform.alerts for each row
    when (old.resolved_at is null and new.resolved_at is not null) execute function platform.note_alert();`;

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    drop trigger note_resolved on platform.alerts;
    drop trigger note_opened on platform.alerts;
    drop function platform.note_alert();
    drop table platform.alert_deliveries, platform.alert_notices, platform.alert_mutes, platform.alert_conditions;
    drop index platform.alerts_resolved;
    alter table platform.alerts drop column note, drop column acknowledged_by, drop column acknowledged_at;
  `);
}
