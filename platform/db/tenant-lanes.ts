import type pg from 'pg';
import type { Context, TenantContext } from '#platform/context.ts';
import { ignoreBecause } from '#platform/errors.ts';
import { isId } from '#platform/ids.ts';
import type { Db } from './database.ts';

/** `name` must be the statement's own: a connection parses it once, and one name with two texts is an error. */
type Statement = { name: string; text: string; values: readonly unknown[] };

/** What a worker may do in one tenant's name: every statement sees that tenant's rows and no others. */
export type TenantLane = Pick<TenantContext, 'tenantId' | 'clock' | 'log'> & {
  /** Runs a statement with pg's own placeholders ($1, $2 …) and returns its rows. */
  query<Row>(statement: Statement): Promise<Row[]>;
};

/**
 * Works for many tenants side by side within one transaction: for a worker that carries out what happened in many stores at
 * once. A statement is sent together with the setting that row-level security goes by, and PostgreSQL runs what it is sent
 * one after another, so lanes never see each other's tenant and yet share their round trips. Two transactions never wait
 * crosswise: each first takes its tenants' locks, in one order, until it ends. After the last lane the transaction sees no
 * tenant's rows. Rejects with the first failure, when all lanes have ended. Throws TypeError outside a transaction, in one
 * that shows a tenant already, on a connection without `pipeline`, and for what is no UUID.
 */
export async function inTenantLanes(
  tx: Context,
  tenantIds: readonly string[],
  run: (lane: TenantLane) => Promise<void>,
): Promise<void> {
  if (!tx.db.isTransaction) throw new TypeError('inTenantLanes needs an open transaction');
  if (!tenantIds.every(isId)) throw new TypeError('inTenantLanes needs the ids of tenants');
  if (tenantIds.length === 0) return;
  const client = await clientOf(tx.db);
  if (!client.pipeline) throw new TypeError('inTenantLanes needs a connection opened with pipeline');
  const { clock, log } = tx;
  const failures: unknown[] = [];
  // Nothing waits for the answer: PostgreSQL runs what it is sent in order, so no lane starts before the locks are held.
  const locked = lockTenants(client, tenantIds);
  const lanes = tenantIds.map((tenantId) =>
    run({ tenantId, clock, log, query: (statement) => queryAs(client, tenantId, statement) }),
  );
  // The first to fail is the cause; those after it only hear that the transaction is aborted.
  await Promise.all([locked, ...lanes].map((work) => work.catch((error: unknown) => failures.push(error))));
  if (failures.length > 0) throw failures[0];
  // Ahead of whatever the transaction is asked next.
  client.query(enterTenant('')).catch(ignoreBecause('the next statement fails with the same reason'));
}

/** The one connection of an open transaction, which knex knows and does not show. */
async function clientOf(db: Db): Promise<pg.Client> {
  const { client } = db as unknown as { client: { acquireConnection(): Promise<pg.Client> } };
  return client.acquireConnection();
}

const LOCK_TENANTS = {
  name: 'lock_tenants',
  text: `select coalesce(current_setting('app.tenant_id', true), '') as shown, pg_advisory_xact_lock(t.key)
           from (select hashtextextended(id::text, 0) as key from unnest($1::uuid[]) as id order by 1) t`,
};

async function lockTenants(client: pg.Client, tenantIds: readonly string[]): Promise<void> {
  const { rows } = await client.query<{ shown: string }>({ ...LOCK_TENANTS, values: [tenantIds] });
  if (rows[0]!.shown !== '') throw new TypeError('a transaction of another tenant is already open');
}

function enterTenant(tenantId: string): { name: string; text: string; values: string[] } {
  return { name: 'enter_lane', text: `select set_config('app.tenant_id', $1, true)`, values: [tenantId] };
}

async function queryAs<Row>(client: pg.Client, tenantId: string, statement: Statement): Promise<Row[]> {
  holdWrites(client);
  // Asked for in one go, so nothing comes between the two.
  const entered = client.query(enterTenant(tenantId));
  const answered = client.query(statement as pg.QueryConfig);
  const [, { rows }] = await Promise.all([entered, answered]);
  return rows as Row[];
}

/** What all lanes ask for in one turn goes out in one write: each write is a system call that wakes PostgreSQL. */
function holdWrites({ connection: { stream } }: pg.Client): void {
  stream.cork();
  process.nextTick(() => stream.uncork());
}
