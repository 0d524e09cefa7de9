import type { Knex } from 'knex';

/**
 * Quotes, orders and hand-overs. Rules that must hold whatever the application does are in the tables: totals add up,
 * sent quotes and sold prices do not change, nothing is deleted but the items of a draft.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(QUOTES);
  await knex.raw(DRAFT_GUARD);
  await knex.raw(ORDERS);
  await knex.raw(ISOLATION_AND_GRANTS);
}

const QUOTES = `
  create table construction.quotes (
    tenant_id uuid not null,
    id uuid not null,
    number text not null,
    customer_id uuid,
    salesperson_id uuid not null,
    status text not null check (status in ('draft', 'sent', 'approved', 'rejected', 'expired', 'converted', 'cancelled')),
    discount_pct numeric(5,2) not null default 0 check (discount_pct between 0 and 100),
    freight numeric(14,2) not null default 0 check (freight >= 0),
    subtotal numeric(14,2) not null default 0 check (subtotal >= 0),
    discount_total numeric(14,2) not null default 0 check (discount_total between 0 and subtotal),
    total numeric(14,2) not null default 0,
    validity_days int not null check (validity_days between 1 and 365),
    valid_until date,
    notes text check (char_length(notes) <= 2000),
    -- When quote_created was published: the first time there was a customer and an item.
    announced_at timestamptz,
    sent_at timestamptz,
    approved_at timestamptz,
    approved_by uuid,
    rejected_at timestamptz,
    reject_reason text check (char_length(reject_reason) <= 500),
    converted_at timestamptz,
    cancelled_at timestamptz,
    cancel_reason text check (char_length(cancel_reason) between 1 and 500),
    created_at timestamptz not null,
    updated_at timestamptz not null,
    version int not null default 1,
    primary key (tenant_id, id),
    unique (tenant_id, number),
    foreign key (tenant_id, customer_id) references construction.customers (tenant_id, id),
    foreign key (tenant_id, salesperson_id) references construction.users (tenant_id, id),
    check (total = subtotal - discount_total + freight),
    check (status in ('draft', 'cancelled') or (customer_id is not null and valid_until is not null)),
    check (status <> 'cancelled' or cancel_reason is not null)
  );
  create index quotes_by_creation on construction.quotes (tenant_id, created_at desc, id desc);
  create index quotes_by_status on construction.quotes (tenant_id, status, created_at desc, id desc);
  create index quotes_by_customer on construction.quotes (tenant_id, customer_id, created_at desc);
  create index quotes_by_salesperson on construction.quotes (tenant_id, salesperson_id, created_at desc, id desc);

  create table construction.quote_items (
    tenant_id uuid not null,
    id uuid not null,
    quote_id uuid not null,
    position int not null check (position > 0),
    product_id uuid not null,
    -- Name, unit and list price as they were when the line was written.
    description text not null,
    unit text not null references construction.units (code),
    quantity numeric(14,3) not null check (quantity > 0 and quantity <= 9999999.999),
    list_price numeric(14,4) not null check (list_price >= 0),
    unit_price numeric(14,4) not null check (unit_price >= 0),
    discount_pct numeric(5,2) not null default 0 check (discount_pct between 0 and 100),
    line_total numeric(14,2) not null check (line_total >= 0),
    created_at timestamptz not null,
    updated_at timestamptz not null,
    version int not null default 1,
    primary key (tenant_id, id),
    unique (tenant_id, quote_id, position),
    foreign key (tenant_id, quote_id) references construction.quotes (tenant_id, id),
    foreign key (tenant_id, product_id) references construction.products (tenant_id, id)
  );
  create index quote_items_by_product on construction.quote_items (tenant_id, product_id);`;

/** Items of a quote that has left the draft are what the customer was offered. */
const DRAFT_GUARD = `
  create function construction.require_draft_quote() returns trigger language plpgsql as $$
    declare
      item construction.quote_items := coalesce(new, old);
    begin
      if not exists (select from construction.quotes q
                      where q.tenant_id = item.tenant_id and q.id = item.quote_id and q.status = 'draft') then
        raise exception 'items of quote % are frozen', item.quote_id using errcode = '23514';
      end if;
      return item;
    end $$;
  create trigger items_change_only_in_drafts before insert or update or delete on construction.quote_items
    for each row execute function construction.require_draft_quote();`;

const ORDERS = `
  create table construction.orders (
    tenant_id uuid not null,
    id uuid not null,
    number text not null,
    quote_id uuid,
    customer_id uuid not null,
    salesperson_id uuid not null,
    status text not null check (status in ('pending', 'preparing', 'ready', 'out_for_delivery', 'delivered', 'cancelled')),
    fulfilment text not null check (fulfilment in ('pickup', 'delivery')),
    -- Where to deliver, as it was when the order was made.
    delivery_address jsonb check (jsonb_typeof(delivery_address) = 'object'),
    discount_pct numeric(5,2) not null check (discount_pct between 0 and 100),
    freight numeric(14,2) not null check (freight >= 0),
    subtotal numeric(14,2) not null check (subtotal >= 0),
    discount_total numeric(14,2) not null check (discount_total between 0 and subtotal),
    total numeric(14,2) not null,
    notes text check (char_length(notes) <= 2000),
    preparing_at timestamptz,
    ready_at timestamptz,
    out_for_delivery_at timestamptz,
    delivered_at timestamptz,
    cancelled_at timestamptz,
    cancel_reason text check (char_length(cancel_reason) between 1 and 500),
    created_at timestamptz not null,
    updated_at timestamptz not null,
    version int not null default 1,
    primary key (tenant_id, id),
    unique (tenant_id, number),
    -- One order per quote, whoever converts it and how often.
    unique (tenant_id, quote_id),
    foreign key (tenant_id, quote_id) references construction.quotes (tenant_id, id),
    foreign key (tenant_id, customer_id) references construction.customers (tenant_id, id),
    foreign key (tenant_id, salesperson_id) references construction.users (tenant_id, id),
    check (total = subtotal - discount_total + freight),
    check (fulfilment = 'pickup' or delivery_address is not null),
    check (status <> 'cancelled' or cancel_reason is not null)
  );
  create index orders_by_creation on construction.orders (tenant_id, created_at desc, id desc);
  create index orders_by_status on construction.orders (tenant_id, status, created_at desc, id desc);
  create index orders_by_customer on construction.orders (tenant_id, customer_id, created_at desc);
  create index orders_by_salesperson on construction.orders (tenant_id, salesperson_id, created_at desc, id desc);

  create table construction.order_items (
    tenant_id uuid not null,
    id uuid not null,
    order_id uuid not null,
    position int not null check (position > 0),
    product_id uuid not null,
    description text not null,
    unit text not null references construction.units (code),
    quantity numeric(14,3) not null check (quantity > 0),
    list_price numeric(14,4) not null check (list_price >= 0),
    unit_price numeric(14,4) not null check (unit_price >= 0),
    discount_pct numeric(5,2) not null check (discount_pct between 0 and 100),
    line_total numeric(14,2) not null check (line_total >= 0),
    -- line_total less this line's share of the order's discount; over all lines they make total - freight exactly.
    net_total numeric(14,2) not null check (net_total between 0 and line_total),
    created_at timestamptz not null,
    primary key (tenant_id, id),
    unique (tenant_id, order_id, position),
    foreign key (tenant_id, order_id) references construction.orders (tenant_id, id),
    foreign key (tenant_id, product_id) references construction.products (tenant_id, id)
  );
  create index order_items_by_product on construction.order_items (tenant_id, product_id);

  -- One row per hand-over of goods, at the counter or on the road. Its id is the sale's id.
  create table construction.deliveries (
    tenant_id uuid not null,
    id uuid not null,
    number text not null,
    order_id uuid not null,
    status text not null check (status in ('in_transit', 'completed', 'failed')),
    started_at timestamptz,
    finished_at timestamptz,
    created_by uuid,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    version int not null default 1,
    primary key (tenant_id, id),
    unique (tenant_id, number),
    foreign key (tenant_id, order_id) references construction.orders (tenant_id, id),
    check ((status = 'in_transit') = (finished_at is null))
  );
  create index deliveries_by_order on construction.deliveries (tenant_id, order_id, created_at);
  create unique index deliveries_one_on_the_road on construction.deliveries (tenant_id, order_id) where status = 'in_transit';`;

const ISOLATION_AND_GRANTS = `
  call platform.isolate_tenant_table('construction.quotes', '{bc_app}');
  call platform.isolate_tenant_table('construction.quote_items', '{bc_app}');
  call platform.isolate_tenant_table('construction.orders', '{bc_app}');
  call platform.isolate_tenant_table('construction.order_items', '{bc_app}');
  call platform.isolate_tenant_table('construction.deliveries', '{bc_app}');
  -- Whose a row is, and which, is decided once: those columns are in no UPDATE grant. Sold lines are in none at all.
  grant select, insert on construction.quotes, construction.orders, construction.order_items, construction.deliveries
    to bc_app;
  grant select, insert, delete on construction.quote_items to bc_app;
  grant update (customer_id, salesperson_id, status, discount_pct, freight, subtotal, discount_total, total, validity_days,
                valid_until, notes, announced_at, sent_at, approved_at, approved_by, rejected_at, reject_reason,
                converted_at, cancelled_at, cancel_reason, updated_at, version) on construction.quotes to bc_app;
  grant update (quantity, unit_price, discount_pct, line_total, updated_at, version) on construction.quote_items to bc_app;
  grant update (status, notes, preparing_at, ready_at, out_for_delivery_at, delivered_at, cancelled_at, cancel_reason,
                updated_at, version) on construction.orders to bc_app;
  grant update (status, finished_at, updated_at, version) on construction.deliveries to bc_app;`;

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    drop table construction.deliveries, construction.order_items, construction.orders, construction.quote_items,
               construction.quotes;
    drop function construction.require_draft_quote();
  `);
}
