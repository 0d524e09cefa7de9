import type { Knex } from 'knex';

/**
 * What an action on many stores would do, store by store and file by file, as it was shown to whoever confirms it. A plan
 * that nobody confirms is forgotten after some days; what became of a confirmed one is in its job and in the audit log.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create table platform.bulk_plans (
      id uuid primary key,
      action text not null check (action in ('suspend', 'resume', 'publish')),
      created_by text not null,
      created_at timestamptz not null,
      confirmed_at timestamptz,
      job_id uuid references platform.jobs (id) on delete set null
    );
    create index bulk_plans_by_time on platform.bulk_plans (created_at);

    -- refusal: why nothing is done with the store. changed: it was to be done, and another thing had happened meanwhile.
    create table platform.bulk_plan_stores (
      tenant_id uuid not null references platform.tenants (id),
      plan_id uuid not null references platform.bulk_plans (id) on delete cascade,
      slug text not null,
      refusal text,
      changed boolean not null default false,
      files jsonb not null check (jsonb_typeof(files) = 'array'),
      primary key (tenant_id, plan_id)
    );
    create index bulk_plan_stores_by_plan on platform.bulk_plan_stores (plan_id, slug collate "C", tenant_id);
    call platform.isolate_tenant_table('platform.bulk_plan_stores', '{}', '{bc_console}');

    grant select, insert, update, delete on platform.bulk_plans, platform.bulk_plan_stores to bc_console;
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('drop table platform.bulk_plan_stores, platform.bulk_plans;');
}
