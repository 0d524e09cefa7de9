import type { Knex } from 'knex';

/**
 * What the sales engine knows: facts taken from events, and the daily figures the stores' dashboards read. Events arrive
 * in any order, so a fact row holds one column per thing that happened and is filled in as the news comes.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(FACTS);
  await knex.raw(`
    -- One row per store and calendar day in the store's own time zone. The application reads it, the engine writes it.
    create table engines.sales_daily (
      tenant_id uuid not null,
      day date not null,
      quotes_created int not null default 0,
      quotes_sent int not null default 0,
      quotes_approved int not null default 0,
      quotes_converted int not null default 0,
      orders int not null default 0,
      orders_total numeric(14,2) not null default 0,
      orders_cancelled int not null default 0,
      sales int not null default 0,
      revenue numeric(14,2) not null default 0,
      computed_at timestamptz not null,
      primary key (tenant_id, day)
    );
    call platform.isolate_tenant_table('engines.quote_facts', '{bc_worker,bc_app}');
    call platform.isolate_tenant_table('engines.order_facts', '{bc_worker,bc_app}');
    call platform.isolate_tenant_table('engines.sale_facts', '{bc_worker,bc_app}');
    call platform.isolate_tenant_table('engines.sale_item_facts', '{bc_worker,bc_app}');
    call platform.isolate_tenant_table('engines.sales_daily', '{bc_worker,bc_app}');
    grant select, insert, update on engines.quote_facts, engines.order_facts, engines.sale_facts,
      engines.sale_item_facts, engines.sales_daily to bc_worker;
    grant select on engines.quote_facts, engines.order_facts, engines.sale_facts, engines.sale_item_facts,
      engines.sales_daily to bc_app;

    -- A day begins at the store's midnight; the time zone is all the engines may know of a tenant.
    create policy own_time_zone on platform.tenants for select to bc_worker using (id = platform.current_tenant_id());
    grant select (id, timezone) on platform.tenants to bc_worker;
  `);
}

const FACTS = `
  create table engines.quote_facts (
    tenant_id uuid not null,
    quote_id uuid not null,
    customer_id uuid not null,
    created_at timestamptz,
    sent_at timestamptz,
    approved_at timestamptz,
    converted_at timestamptz,
    primary key (tenant_id, quote_id)
  );
  create table engines.order_facts (
    tenant_id uuid not null,
    order_id uuid not null,
    quote_id uuid,
    customer_id uuid,
    total numeric(14,2),
    created_at timestamptz,
    cancelled_at timestamptz,
    status text,
    status_at timestamptz,
    primary key (tenant_id, order_id)
  );
  create table engines.sale_facts (
    tenant_id uuid not null,
    sale_id uuid not null,
    order_id uuid not null,
    quote_id uuid,
    customer_id uuid not null,
    total numeric(14,2) not null,
    sold_at timestamptz not null,
    primary key (tenant_id, sale_id)
  );
  create table engines.sale_item_facts (
    tenant_id uuid not null,
    sale_id uuid not null,
    position int not null check (position > 0),
    product_id uuid not null,
    quantity numeric(14,3) not null,
    unit_price numeric(14,4) not null,
    total numeric(14,2) not null,
    sold_at timestamptz not null,
    primary key (tenant_id, sale_id, position),
    foreign key (tenant_id, sale_id) references engines.sale_facts (tenant_id, sale_id)
  );
  create index sale_item_facts_by_product on engines.sale_item_facts (tenant_id, product_id, sold_at desc);`;

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    revoke select (id, timezone) on platform.tenants from bc_worker;
    drop policy own_time_zone on platform.tenants;
    drop table engines.sales_daily, engines.sale_item_facts, engines.sale_facts, engines.order_facts, engines.quote_facts;
  `);
}
