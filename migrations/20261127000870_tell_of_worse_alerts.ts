import type { Knex } from 'knex';

/** Tells people that an alert became critical, and lets what is long over be forgotten; an alert's notices go with it. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    alter table platform.alert_notices drop constraint alert_notices_transition_check;
    alter table platform.alert_notices add constraint alert_notices_transition_check
      check (transition in ('opened', 'worsened', 'resolved', 'test'));
    create unique index alert_notices_worsened_once on platform.alert_notices (alert_id) where transition = 'worsened';
    create function platform.note_worse_alert() returns trigger language plpgsql as $$
    begin
      insert into platform.alert_notices (alert_id, transition) values (new.id, 'worsened') on conflict do nothing;
      return null;
    end $$;
    create trigger note_worsened after update of severity on platform.alerts for each row
      when (old.severity = 'warning' and new.severity = 'critical' and new.resolved_at is null)
      execute function platform.note_worse_alert();
    grant delete on platform.alerts, platform.alert_notices, platform.alert_mutes to bc_console;`);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    revoke delete on platform.alerts, platform.alert_notices, platform.alert_mutes from bc_console;
    drop trigger note_worsened on platform.alerts;
    drop function platform.note_worse_alert();
    drop index platform.alert_notices_worsened_once;
    delete from platform.alert_notices where transition = 'worsened';
    alter table platform.alert_notices drop constraint alert_notices_transition_check;
    alter table platform.alert_notices add constraint alert_notices_transition_check
      check (transition in ('opened', 'resolved', 'test'));`);
}
