import type { Knex } from 'knex';

/** Whom a store sells to and what: customers, units, products with their price history, and its document numbers. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(CUSTOMERS);
  await knex.raw(PRODUCTS);
  await knex.raw(PRICE_GUARD);
  await knex.raw(BOOKKEEPING);
  await knex.raw(ISOLATION_AND_GRANTS);
}

const CUSTOMERS = `
  create table construction.customers (
    tenant_id uuid not null,
    id uuid not null,
    kind text not null check (kind in ('PF', 'PJ')),
    name text not null check (char_length(name) between 1 and 255),
    -- Lower case without accents, so that "joao" finds "João". The application writes it together with the name.
    name_search text not null,
    -- Digits of a CPF, or letters and digits of a CNPJ, without the mask. Null: a walk-in who gave none.
    document text check (case kind when 'PF' then document ~ '^[0-9]{11}$' else document ~ '^[0-9A-Z]{12}[0-9]{2}$' end),
    email text check (char_length(email) <= 254),
    phone text check (phone ~ '^[+][1-9][0-9]{7,14}$'),
    street text check (char_length(street) <= 200),
    street_number text check (char_length(street_number) <= 20),
    complement text check (char_length(complement) <= 100),
    district text check (char_length(district) <= 100),
    city text check (char_length(city) <= 100),
    state text check (state ~ '^[A-Z]{2}$'),
    cep text check (cep ~ '^[0-9]{8}$'),
    notes text check (char_length(notes) <= 2000),
    active boolean not null default true,
    created_by uuid,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    version int not null default 1,
    primary key (tenant_id, id),
    unique (tenant_id, document)
  );
  create index customers_by_name on construction.customers (tenant_id, name_search, id);`;

const PRODUCTS = `
  -- The same for every store, hence no tenant: a reference table.
  create table construction.units (
    code text primary key check (code ~ '^[A-Z0-9]{1,4}$'),
    label text not null,
    decimals smallint not null check (decimals between 0 and 3)
  );
  insert into construction.units (code, label, decimals) values
    ('UN', 'unidade', 0), ('PC', 'peça', 0), ('KG', 'quilograma', 3), ('G', 'grama', 0), ('T', 'tonelada', 3),
    ('L', 'litro', 3), ('M', 'metro', 3), ('M2', 'metro quadrado', 3), ('M3', 'metro cúbico', 3), ('SC', 'saco', 0),
    ('MIL', 'milheiro', 3), ('CX', 'caixa', 0), ('RL', 'rolo', 0), ('BR', 'barra', 0), ('PAR', 'par', 0),
    ('JG', 'jogo', 0), ('GL', 'galão', 0), ('LT', 'lata', 0), ('BD', 'balde', 0);

  create table construction.products (
    tenant_id uuid not null,
    id uuid not null,
    code text check (char_length(code) between 1 and 50 and code = upper(code)),
    name text not null check (char_length(name) between 1 and 255),
    name_search text not null,
    unit text not null references construction.units (code),
    base_price numeric(14,4) not null check (base_price >= 0),
    active boolean not null default true,
    created_by uuid,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    version int not null default 1,
    primary key (tenant_id, id),
    unique (tenant_id, code)
  );
  create index products_by_name on construction.products (tenant_id, name_search, id);

  create table construction.price_history (
    tenant_id uuid not null,
    id uuid not null,
    product_id uuid not null,
    -- The version of the product that this change made: one row per change, neither none nor two.
    product_version int not null,
    old_price numeric(14,4) not null check (old_price >= 0),
    new_price numeric(14,4) not null check (new_price >= 0 and new_price <> old_price),
    changed_by uuid,
    changed_at timestamptz not null,
    reason text check (char_length(reason) <= 200),
    primary key (tenant_id, id),
    unique (tenant_id, product_id, product_version),
    foreign key (tenant_id, product_id) references construction.products (tenant_id, id)
  );`;

/** A price change without its history row cannot commit, whichever statement made it. */
const PRICE_GUARD = `
  create function construction.require_price_history() returns trigger language plpgsql as $$
    begin
      if not exists (select from construction.price_history h
                      where h.tenant_id = new.tenant_id and h.product_id = new.id and h.product_version = new.version
                        and h.old_price = old.base_price and h.new_price = new.base_price) then
        raise exception 'product % changed its price without a price_history row', new.id using errcode = '23514';
      end if;
      return null;
    end $$;
  create constraint trigger price_changes_are_recorded
    after update of base_price on construction.products deferrable initially deferred
    for each row when (old.base_price is distinct from new.base_price)
    execute function construction.require_price_history();`;

const BOOKKEEPING = `
  create table construction.document_counters (
    tenant_id uuid not null,
    doc_type text not null,
    -- Empty: numbered for ever. A year, for stores that begin again each January.
    period text not null default '',
    last_number bigint not null check (last_number > 0),
    primary key (tenant_id, doc_type, period)
  );

  create table construction.idempotency_keys (
    tenant_id uuid not null,
    key text not null check (char_length(key) between 1 and 200),
    user_id uuid not null,
    route text not null,
    request_hash text not null,
    status_code int,
    -- json, not jsonb: a repeat is answered with the very same bytes.
    response json,
    created_at timestamptz not null,
    expires_at timestamptz not null,
    primary key (tenant_id, key)
  );
  create index idempotency_keys_by_expiry on construction.idempotency_keys (tenant_id, expires_at);`;

const ISOLATION_AND_GRANTS = `
  call platform.isolate_tenant_table('construction.customers', '{bc_app}');
  call platform.isolate_tenant_table('construction.products', '{bc_app}');
  call platform.isolate_tenant_table('construction.price_history', '{bc_app}');
  call platform.isolate_tenant_table('construction.document_counters', '{bc_app}');
  call platform.isolate_tenant_table('construction.idempotency_keys', '{bc_app}');
  grant select on construction.units to bc_app;
  grant select, insert on construction.customers, construction.products, construction.document_counters to bc_app;
  -- Whose a row is, and which, is decided once: those columns are in no UPDATE grant.
  grant update (kind, name, name_search, document, email, phone, street, street_number, complement, district, city, state,
                cep, notes, active, updated_at, version) on construction.customers to bc_app;
  grant update (code, name, name_search, unit, base_price, active, updated_at, version) on construction.products to bc_app;
  grant update (last_number) on construction.document_counters to bc_app;
  -- Past prices are written once.
  grant select, insert on construction.price_history to bc_app;
  grant select, insert, delete on construction.idempotency_keys to bc_app;
  grant update (status_code, response) on construction.idempotency_keys to bc_app;`;

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    drop table construction.idempotency_keys, construction.document_counters, construction.price_history,
               construction.products, construction.units, construction.customers;
    drop function construction.require_price_history();
  `);
}
