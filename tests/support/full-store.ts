import pg from 'pg';
import { newId } from '#platform/ids.ts';
import { AT, engineRows, MARK, type Rows } from './full-store-engines.ts';

export { MARK };

/**
 * One row at least in every table that can hold a store's, past every rule of the application. A table that is not here is
 * named by the test that asks for all of them, so a new one cannot be forgotten. What the engines have settled has left one
 * of the tables, and only a store whose events are settled can be deleted: `isSettled` chooses.
 */
export async function fillEveryTable(superuserUrl: string, tenantId: string, { isSettled = true } = {}): Promise<void> {
  const client = new pg.Client({ connectionString: superuserUrl });
  await client.connect();
  try {
    const dropletId = newId();
    await insert(client, 'platform.droplets', {
      id: dropletId,
      name: `edge-${dropletId.slice(-6)}`,
      role: 'edge',
      host: 'nowhere.invalid',
      port: 22,
      username: 'x',
      host_key: 'ssh-ed25519 AAAA',
      key_name: 'edge',
      probe_url: 'http://nowhere.invalid',
      // Not one to publish to: it belongs to the rows only.
      status: 'enrolled',
      enrolled_at: AT,
      enrolled_by: 'x',
      updated_at: AT,
    });
    await client.query(`update platform.droplets set role = 'infra', retired_at = now() where id = $1`, [dropletId]);
    for (const [table, row] of Object.entries(rowsOf(dropletId, await revisionOf(client, dropletId))))
      await insert(client, table, { tenant_id: tenantId, ...row });
    await insertBulkPlan(client, tenantId);
    await insertApplication(client, tenantId);
    if (isSettled) await client.query('delete from events.pending where tenant_id = $1', [tenantId]);
    // Only a draft takes items; the sale is frozen from here on.
    await client.query(
      `update construction.quotes set status = 'sent', valid_until = current_date where tenant_id = $1`,
      [tenantId],
    );
  } finally {
    await client.end();
  }
}

async function revisionOf(client: pg.Client, dropletId: string): Promise<string> {
  const { rows } = await client.query<{ number: string }>(
    `insert into platform.edge_revisions (droplet_id, author, reason, outcome, created_at)
     values ($1, 'x', 'a test', 'failed', $2) returning number`,
    [dropletId, AT],
  );
  return rows[0]!.number;
}

async function insertBulkPlan(client: pg.Client, tenantId: string): Promise<void> {
  const id = newId();
  await insert(client, 'platform.bulk_plans', { id, action: 'publish', created_by: 'x', created_at: AT });
  const store = { tenant_id: tenantId, plan_id: id, slug: 'x', files: '[]' };
  await insert(client, 'platform.bulk_plan_stores', store);
}

async function insertApplication(client: pg.Client, tenantId: string): Promise<void> {
  const id = newId();
  await insert(client, 'platform.applications', { id, format: 'csv', created_by: 'x', created_at: AT });
  const place = { application_id: id, position: 1, line: 2, slug: 'x', tenant_id: tenantId };
  const said = { action: 'create', changes: '[]', faults: '[]', admin_kept: false };
  await insert(client, 'platform.application_lines', { ...place, ...said });
}

async function insert(client: pg.Client, table: string, row: Record<string, unknown>): Promise<void> {
  const columns = Object.keys(row);
  const places = columns.map((_, index) => `$${index + 1}`);
  await client.query(`insert into ${table} (${columns.join(', ')}) values (${places.join(', ')})`, Object.values(row));
}

const times = { created_at: AT, updated_at: AT };

function rowsOf(dropletId: string, revision: string): Rows {
  return {
    ...platformRows(dropletId, revision),
    ...storeRows(),
    ...eventRows(),
    ...engineRows(),
  };
}

function platformRows(dropletId: string, revision: string): Rows {
  const file = { slug: 'gone', revision, state: 'live', sha256: 'a'.repeat(64), content_sha256: 'b'.repeat(64) };
  return {
    'platform.alerts': {
      id: newId(),
      key: newId(),
      severity: 'warning',
      title: MARK,
      detail: MARK,
      opened_at: AT,
      last_seen_at: AT,
      resolved_at: AT,
    },
    'platform.domains': { host: `${newId()}.com.br`, status: 'pending', token: 'x', added_by: MARK, created_at: AT },
    'platform.edge_drift': {
      droplet_id: dropletId,
      kind: 'edited',
      name: newId(),
      found: MARK,
      found_at: AT,
      seen_at: AT,
    },
    'platform.edge_files': { droplet_id: dropletId, ...file, published_at: AT },
    'platform.edge_revision_files': { ...file, action: 'put', document: JSON.stringify({ name: MARK }) },
    'platform.jobs': {
      id: newId(),
      kind: 'tenant.publish',
      subject: MARK,
      payload: JSON.stringify({ passwordHash: '$argon2id$secret', name: MARK }),
      status: 'succeeded',
      requested_by: MARK,
      request_id: 'x',
      ...times,
    },
    'platform.tenant_exports': {
      id: newId(),
      job_id: newId(),
      file_name: MARK,
      bytes: 1,
      sha256: 'a'.repeat(64),
      row_counts: '{}',
      created_at: AT,
    },
  };
}

function storeRows(): Rows {
  const [userId, customerId, productId, quoteId, orderId] = [newId(), newId(), newId(), newId(), newId()];
  const priced = { unit: 'UN', quantity: 1, list_price: 10, unit_price: 10, discount_pct: 0, line_total: 10 };
  const sums = { discount_pct: 0, freight: 0, subtotal: 10, discount_total: 0, total: 10 };
  const who = { customer_id: customerId, salesperson_id: userId };
  return {
    'construction.users': {
      id: userId,
      email: 'ana@loja.example',
      name: MARK,
      password_hash: '$argon2id$secret',
      role: 'admin',
      ...times,
    },
    'construction.sessions': { id: newId(), user_id: userId, issued_at: AT, expires_at: AT, last_seen_at: AT },
    'construction.audit_log': {
      id: newId(),
      at: AT,
      actor_kind: 'user',
      actor_label: MARK,
      action: 'user.created',
      entity: 'user',
      entity_id: 'x',
      request_id: 'x',
    },
    // The separator of lines that some readers see in a text that JSON keeps as it is.
    'construction.customers': { id: customerId, kind: 'PF', name: `${MARK}\u2028`, name_search: MARK, ...times },
    'construction.products': { id: productId, name: MARK, name_search: MARK, unit: 'UN', base_price: 10, ...times },
    'construction.price_history': {
      id: newId(),
      product_id: productId,
      product_version: 2,
      old_price: 9,
      new_price: 10,
      changed_at: AT,
      reason: MARK,
    },
    'construction.document_counters': { doc_type: 'quote', last_number: 1 },
    'construction.idempotency_keys': {
      key: 'x',
      user_id: userId,
      route: MARK,
      request_hash: 'x',
      created_at: AT,
      expires_at: AT,
    },
    'construction.quotes': { id: quoteId, number: 'Q1', ...who, status: 'draft', ...sums, validity_days: 7, ...times },
    'construction.quote_items': {
      id: newId(),
      quote_id: quoteId,
      position: 1,
      product_id: productId,
      description: MARK,
      ...priced,
      ...times,
    },
    'construction.orders': {
      id: orderId,
      number: 'O1',
      quote_id: quoteId,
      ...who,
      status: 'pending',
      fulfilment: 'pickup',
      ...sums,
      ...times,
    },
    'construction.order_items': {
      id: newId(),
      order_id: orderId,
      position: 1,
      product_id: productId,
      description: MARK,
      ...priced,
      net_total: 10,
      created_at: AT,
    },
    'construction.deliveries': {
      id: newId(),
      number: 'D1',
      order_id: orderId,
      status: 'in_transit',
      started_at: AT,
      ...times,
    },
  };
}

function eventRows(): Rows {
  const eventId = newId();
  const seen = { consumer_group: 'engines', event_id: eventId };
  const said = { type: 'order_created', schema_version: 1, occurred_at: AT, correlation_id: 'x' };
  return {
    'events.outbox': {
      event_id: eventId,
      ...said,
      aggregate_type: 'order',
      aggregate_id: newId(),
      aggregate_version: 1,
      payload: JSON.stringify({ name: MARK }),
    },
    'events.processed': { ...seen, event_day: AT, outcome: 'applied', processed_at: AT },
    'events.retries': { ...seen, attempts: 2, first_attempt_at: AT, last_attempt_at: AT },
    'events.dead_letters': {
      id: newId(),
      ...seen,
      ...said,
      payload: JSON.stringify({ name: MARK }),
      reason: 'handler_failed',
      error: MARK,
      attempts: 5,
      worker: 'x',
      first_attempt_at: AT,
      died_at: AT,
    },
  };
}
