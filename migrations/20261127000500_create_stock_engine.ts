import type { Knex } from 'knex';

/**
 * What the stock engine knows of each product, the movements it was told of, and what it says about them; and the queue of
 * what is to be worked out again, for this engine and others.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(RECOMPUTATIONS);
  await knex.raw(FACTS);
  await knex.raw(OUTPUTS);
  await knex.raw(ISOLATION_AND_GRANTS);
}

/** `subject` is what an engine calls by an id, or the nil UUID for the whole store. Workers look for due ones of all stores. */
const RECOMPUTATIONS = `
  create table events.recomputations (
    tenant_id uuid not null,
    engine text not null,
    subject uuid not null,
    due_at timestamptz not null,
    primary key (tenant_id, engine, subject)
  ) with (autovacuum_vacuum_scale_factor = 0.01, autovacuum_vacuum_threshold = 1000);
  create index recomputations_due on events.recomputations (due_at);
  call platform.isolate_tenant_table('events.recomputations', '{}', '{bc_worker,bc_console}');
  grant select, insert, update (due_at), delete on events.recomputations to bc_worker;
  grant select on events.recomputations to bc_console;`;

/** Events come in any order: `upserted_at`, `parameters_at`, `reserved_at` say how new each part is. */
const FACTS = `
  create table engines.stock_products (
    tenant_id uuid not null,
    product_id uuid not null,
    active boolean not null default true,
    upserted_at timestamptz,
    lead_time_days int not null default 7 check (lead_time_days between 1 and 365),
    safety_pct numeric(7,2) not null default 20 check (safety_pct between 0 and 1000),
    minimum_override numeric(14,3) check (minimum_override >= 0),
    maximum_override numeric(14,3) check (maximum_override >= 0),
    parameters_at timestamptz,
    on_hand numeric(14,3) not null default 0,
    reserved numeric(14,3) not null default 0,
    reserved_at timestamptz,
    -- Whether the store has ever told of its stock: from sales alone nobody knows what is on the shelf.
    is_tracked boolean not null default false,
    first_fact_at timestamptz,
    last_sold_at timestamptz,
    primary key (tenant_id, product_id)
  );
  create table engines.stock_facts (
    tenant_id uuid not null,
    product_id uuid not null,
    fact_id uuid not null,
    kind text not null check (kind in ('sale', 'return', 'receipt', 'movement')),
    delta numeric(14,3) not null,
    revenue numeric(14,2) not null default 0,
    happened_at timestamptz not null,
    primary key (tenant_id, product_id, fact_id)
  );
  create index stock_facts_by_time on engines.stock_facts (tenant_id, product_id, happened_at);
  create table engines.stock_on_order (
    tenant_id uuid not null,
    product_id uuid not null,
    purchase_order_id uuid not null,
    open_quantity numeric(14,3) not null check (open_quantity >= 0),
    told_at timestamptz not null,
    primary key (tenant_id, product_id, purchase_order_id)
  );`;

const OUTPUTS = `
  create table engines.stock_alerts (
    tenant_id uuid not null,
    id uuid not null,
    product_id uuid not null,
    type text not null check (type in ('out_of_stock', 'stockout_risk', 'excess', 'dead_stock')),
    severity text not null check (severity in ('high', 'medium', 'low')),
    status text not null check (status in ('active', 'resolved')),
    explanation text not null,
    data jsonb not null check (jsonb_typeof(data) = 'object'),
    opened_at timestamptz not null,
    computed_at timestamptz not null,
    resolved_at timestamptz,
    primary key (tenant_id, id),
    check ((status = 'resolved') = (resolved_at is not null))
  );
  create unique index stock_alerts_active on engines.stock_alerts (tenant_id, product_id, type) where status = 'active';
  create table engines.replenishment_suggestions (
    tenant_id uuid not null,
    product_id uuid not null,
    quantity numeric(14,3) not null check (quantity > 0),
    priority text not null check (priority in ('A', 'B', 'C')),
    explanation text not null,
    data jsonb not null check (jsonb_typeof(data) = 'object'),
    computed_at timestamptz not null,
    primary key (tenant_id, product_id)
  );
  create table engines.product_classes (
    tenant_id uuid not null,
    product_id uuid not null,
    class text not null check (class in ('A', 'B', 'C')),
    revenue numeric(14,2) not null,
    share_before numeric(7,4) not null,
    computed_at timestamptz not null,
    primary key (tenant_id, product_id)
  );`;

const TABLES = [
  'stock_products',
  'stock_facts',
  'stock_on_order',
  'stock_alerts',
  'replenishment_suggestions',
  'product_classes',
];

const ISOLATION_AND_GRANTS = TABLES.map(
  (table) => `
  call platform.isolate_tenant_table('engines.${table}', '{bc_worker,bc_app}');
  grant select, insert, update, delete on engines.${table} to bc_worker;
  grant select on engines.${table} to bc_app;`,
).join('\n');

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`drop table events.recomputations, ${TABLES.map((table) => `engines.${table}`).join(', ')}`);
}
