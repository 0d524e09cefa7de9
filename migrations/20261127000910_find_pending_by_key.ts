import type { Knex } from 'knex';

/**
 * What is pending comes and goes: the statistics say now and then that there is nothing, and a plan made then reads all of it
 * for each batch, a hundred thousand rows to find five hundred. One row at a time there is nothing to plan, and no dearer.
 * Truncating the table each time that it is empty would only stop everybody who writes.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    alter table events.pending set (vacuum_truncate = off);
    -- How old the oldest of what waits is comes with the count of it.
    drop index events.pending_waiting;
    create index pending_waiting on events.pending (tenant_id, seq) include (created_at) where published_at is null;

    create function events.settle_pending(tenant_ids uuid[], event_ids uuid[])
    returns table (published_at timestamptz, parked_reason text, created_at timestamptz)
    language plpgsql rows 500 as $$
    begin
      for i in 1 .. cardinality(event_ids) loop
        return query
          delete from events.pending p where p.tenant_id = tenant_ids[i] and p.event_id = event_ids[i]
          returning p.published_at, p.parked_reason, p.created_at;
      end loop;
    end $$;

    create function events.park_pending(tenant_ids uuid[], event_ids uuid[], reasons text[], predecessors uuid[])
    returns int language plpgsql as $$
    declare
      parked int := 0;
    begin
      for i in 1 .. cardinality(event_ids) loop
        update events.pending p set parked_reason = reasons[i], waits_for = predecessors[i]
         where p.tenant_id = tenant_ids[i] and p.event_id = event_ids[i] and p.parked_reason is null;
        if found then
          parked := parked + 1;
        end if;
      end loop;
      return parked;
    end $$;

    revoke execute on function events.settle_pending(uuid[], uuid[]),
                               events.park_pending(uuid[], uuid[], text[], uuid[]) from public;
    grant execute on function events.settle_pending(uuid[], uuid[]),
                              events.park_pending(uuid[], uuid[], text[], uuid[]) to bc_worker;`);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    drop function events.park_pending(uuid[], uuid[], text[], uuid[]);
    drop function events.settle_pending(uuid[], uuid[]);
    drop index events.pending_waiting;
    create index pending_waiting on events.pending (tenant_id, seq) where published_at is null;
    alter table events.pending reset (vacuum_truncate);`);
}
