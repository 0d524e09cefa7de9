import type { Knex } from 'knex';

/**
 * Lets workers go from store to store through what is to be worked out, so that one with very much of it holds up nobody;
 * finds the lines of a purchase order; and knows how new the news of a delivery's driver is.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    drop index events.recomputations_due;
    create index recomputations_by_tenant on events.recomputations (tenant_id, engine, due_at, subject);
    create index stock_on_order_by_purchase on engines.stock_on_order (tenant_id, purchase_order_id);
    alter table engines.delivery_facts add column driver_told_at timestamptz;`);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    alter table engines.delivery_facts drop column driver_told_at;
    drop index engines.stock_on_order_by_purchase;
    drop index events.recomputations_by_tenant;
    create index recomputations_due on events.recomputations (due_at);`);
}
