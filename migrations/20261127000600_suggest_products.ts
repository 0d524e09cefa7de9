import type { Knex } from 'knex';

/** Which products are bought together: what the sales engine says, and the indexes by which it finds a product's orders. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create table engines.sales_suggestions (
      tenant_id uuid not null,
      source_product_id uuid not null,
      suggested_product_id uuid not null,
      support int not null check (support > 0),
      confidence numeric(5,4) not null check (confidence > 0 and confidence <= 1),
      lift numeric(12,4) not null,
      priority text not null check (priority in ('high', 'medium', 'low')),
      explanation text not null,
      computed_at timestamptz not null,
      primary key (tenant_id, source_product_id, suggested_product_id)
    );
    create index sale_facts_by_order on engines.sale_facts (tenant_id, order_id);
    create index sale_facts_by_time on engines.sale_facts (tenant_id, sold_at, order_id);
    call platform.isolate_tenant_table('engines.sales_suggestions', '{bc_worker,bc_app}');
    grant select, insert, update, delete on engines.sales_suggestions to bc_worker;
    grant select on engines.sales_suggestions to bc_app;`);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    drop table engines.sales_suggestions;
    drop index engines.sale_facts_by_time;
    drop index engines.sale_facts_by_order;`);
}
