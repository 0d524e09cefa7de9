import type { Knex } from 'knex';

/** What suppliers ask and goods cost, and how deliveries go: the facts of the pricing and the delivery engine, and what they say. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(PRICING);
  await knex.raw(DELIVERY);
  await knex.raw(
    TABLES.map(
      (table) => `
      call platform.isolate_tenant_table('engines.${table}', '{bc_worker,bc_app}');
      grant select, insert, update, delete on engines.${table} to bc_worker;
      grant select on engines.${table} to bc_app;`,
    ).join('\n'),
  );
}

const PRICING = `
  create table engines.supplier_price_facts (
    tenant_id uuid not null,
    product_id uuid not null,
    fact_id uuid not null,
    supplier_id uuid not null,
    price numeric(14,4) not null check (price > 0),
    payment_days int,
    valid_until date,
    registered_at timestamptz not null,
    primary key (tenant_id, product_id, fact_id)
  );
  create table engines.receipt_cost_facts (
    tenant_id uuid not null,
    product_id uuid not null,
    receipt_id uuid not null,
    quantity numeric(14,3) not null check (quantity > 0),
    unit_cost numeric(14,4) not null check (unit_cost >= 0),
    received_at timestamptz not null,
    primary key (tenant_id, product_id, receipt_id)
  );
  create table engines.supplier_ranking (
    tenant_id uuid not null,
    product_id uuid not null,
    supplier_id uuid not null,
    place int not null check (place > 0),
    price numeric(14,4) not null,
    score numeric(14,4) not null,
    over_cheapest_pct numeric(20,1) not null check (over_cheapest_pct >= 0),
    stability text not null check (stability in ('stable', 'variable', 'unstable')),
    explanation text not null,
    computed_at timestamptz not null,
    primary key (tenant_id, product_id, supplier_id)
  );
  create table engines.supplier_price_alerts (
    tenant_id uuid not null,
    fact_id uuid not null,
    type text not null check (type in ('increase', 'decrease', 'new_best_price')),
    product_id uuid not null,
    supplier_id uuid not null,
    change_pct numeric(20,1) not null,
    explanation text not null,
    opened_at timestamptz not null,
    primary key (tenant_id, fact_id, type)
  );
  create index supplier_price_alerts_by_time on engines.supplier_price_alerts (tenant_id, opened_at desc);
  create table engines.base_costs (
    tenant_id uuid not null,
    product_id uuid not null,
    cost numeric(14,4) not null,
    source text not null check (source in ('receipts', 'supplier')),
    computed_at timestamptz not null,
    primary key (tenant_id, product_id)
  );`;

/** One row per delivery, filled in as the news comes, in any order. */
const DELIVERY = `
  create table engines.delivery_facts (
    tenant_id uuid not null,
    delivery_id uuid not null,
    order_id uuid not null,
    driver_id uuid,
    planned_for date,
    cep text,
    city text,
    weight_kg numeric(12,3),
    planned_at timestamptz,
    started_at timestamptz,
    completed_at timestamptz,
    has_issue boolean,
    on_time boolean,
    primary key (tenant_id, delivery_id)
  );
  create index delivery_facts_by_end on engines.delivery_facts (tenant_id, completed_at) where completed_at is not null;
  create table engines.delivery_failures (
    tenant_id uuid not null,
    delivery_id uuid not null,
    fact_id uuid not null,
    failed_at timestamptz not null,
    primary key (tenant_id, delivery_id, fact_id)
  );
  create table engines.delivery_daily (
    tenant_id uuid not null,
    day date not null,
    driver_id uuid not null,
    completed int not null,
    on_time int not null,
    first_attempt int not null,
    with_issue int not null,
    failures int not null,
    mean_hours numeric(9,2),
    computed_at timestamptz not null,
    primary key (tenant_id, day, driver_id)
  );`;

const TABLES = [
  'supplier_price_facts',
  'receipt_cost_facts',
  'supplier_ranking',
  'supplier_price_alerts',
  'base_costs',
  'delivery_facts',
  'delivery_failures',
  'delivery_daily',
];

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`drop table ${TABLES.map((table) => `engines.${table}`).join(', ')}`);
}
