import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { startPostgres, type LocalPostgres } from '#ops/local/postgres.ts';
import { connected, createDatabase, createRoles } from '#ops/local/roles.ts';
import { newRolePasswords } from '#ops/local/secrets.ts';
import { findPostgresBin } from '#ops/local/server-binaries.mjs';
import { newId } from '#platform/ids.ts';
import { eventually } from '#tests/support/eventually.ts';
import { createPipeline, type Pipeline } from '#tests/support/pipeline.ts';
import { freePort } from '#tests/support/ports.ts';
import { startTestRedis, type TestRedis } from '#tests/support/redis.ts';
import { saleRecorded } from '#tests/support/sales-events.ts';
import { spawnWorker, type WorkerProcess } from '#tests/support/worker-process.ts';

const run = promisify(execFile);

/** Makes the old server count far beyond what a new one has come to. */
const USE_UP_TRANSACTIONS = `do $$ begin for i in 1..20000 loop perform pg_current_xact_id(); commit; end loop; end $$`;
const XID = `select pg_current_xact_id()::text::bigint::int as xid`;

describe('a dump that is restored into a new cluster', function () {
  this.timeout(90_000);
  let old: Pipeline;
  let redis: TestRedis;
  let dir: string;
  let restored: LocalPostgres;
  const workers: WorkerProcess[] = [];

  before(async () => {
    [old, redis] = await Promise.all([createPipeline(), startTestRedis()]);
    dir = await mkdtemp(join(tmpdir(), 'basecommerce-restored-'));
    await chmod(dir, 0o711);
  });
  after(async () => {
    await Promise.all(workers.map((worker) => worker.kill()));
    await restored?.stop();
    await Promise.all([redis?.remove(), old?.remove()]);
    await rm(dir, { recursive: true, force: true });
  });

  const rows = <T>(sql: string, values: unknown[] = []) =>
    connected(restored.superuserUrl(), async (client) => (await client.query(sql, values)).rows as T[]);
  const salesOf = async (tenant: string) => {
    const [figure] = await rows<{ sales: number }>(
      'select coalesce(sum(sales), 0)::int as sales from engines.sales_daily where tenant_id = $1',
      [tenant],
    );
    return figure!.sales;
  };
  /** As the role that backs up, into a server on which nothing ever was. */
  const moveHouse = async () => {
    const bin = findPostgresBin()!;
    const dump = join(dir, 'dump');
    const schemas = ['platform', 'construction', 'engines', 'events'].map((schema) => `--schema=${schema}`);
    const what = [...schemas, '--exclude-table=platform.migrations*'];
    await run(join(bin, 'pg_dump'), ['--format=custom', ...what, `--file=${dump}`, old.database.url('bc_backup')]);
    const passwords = newRolePasswords();
    restored = await startPostgres({ dir: join(dir, 'postgres'), port: await freePort(), passwords });
    await createRoles(restored.superuserUrl('postgres'), passwords);
    await createDatabase(restored, restored.name);
    await run(join(bin, 'pg_restore'), ['--exit-on-error', `--dbname=${restored.superuserUrl()}`, dump]);
  };
  const startWorkers = async () => {
    const start = async (name: string, entry: string, role: 'bc_relay' | 'bc_worker', portKey: string) => {
      const port = await freePort();
      const env = { DATABASE_URL: restored.url(role), REDIS_URL: redis.url, [portKey]: String(port) };
      workers.push(await spawnWorker({ name, entry, env, port }));
    };
    await start('relay', 'workers/outbox-relay.ts', 'bc_relay', 'RELAY_PORT');
    await start('engines', 'workers/engines.ts', 'bc_worker', 'ENGINES_PORT');
  };

  it('goes on where it was: what was done stays done, what waited is done once, and numbers go on', async () => {
    const tenant = await old.createTenant();
    const [relay, engines] = await Promise.all([old.startRelay(), old.startEngines()]);
    await old.publish(tenant, saleRecorded('1.00'), saleRecorded('2.00'));
    await eventually(async () => (await old.figureOf(tenant)).sales === 2);
    await engines.stop();
    await old.publish(tenant, saleRecorded('4.00'));
    await eventually(
      async () => (await old.rows('select 1 from events.pending where published_at is not null')).length > 0,
    );
    await relay.stop();
    await old.publish(tenant, saleRecorded('8.00'));
    await old.rows(USE_UP_TRANSACTIONS);

    await moveHouse();
    const [before, now] = [await old.rows<{ xid: number }>(XID), await rows<{ xid: number }>(XID)];
    assert.ok(now[0]!.xid < before[0]!.xid, 'transactions are counted from the beginning again');
    await startWorkers();
    await eventually(async () => (await salesOf(tenant)) === 4);

    await rows(
      `insert into events.outbox (event_id, tenant_id, type, schema_version, aggregate_type, aggregate_id, aggregate_version,
                                  occurred_at, correlation_id, payload)
       values ($1, $2, 'sale_recorded', 1, 'order', $1, 1, now(), 'c', $3)`,
      [newId(), tenant, JSON.stringify(saleRecorded('16.00').payload)],
    );
    await eventually(async () => (await salesOf(tenant)) === 5);
    assert.deepEqual(
      await rows(
        'select count(distinct seq)::int as numbers, (array_agg(payload ->> $1 order by seq))[5] as last from events.outbox',
        ['total'],
      ),
      [{ numbers: 5, last: '16.00' }],
    );
  });

  it('has its days, each guarded as before, and makes more of them', async () => {
    const days = `select count(*)::int as days from events.list_days() where day is not null`;
    const guarded = `select count(*)::int as open from pg_class c join pg_namespace n on n.oid = c.relnamespace
                      where n.nspname = 'events' and c.relname ~ '_(default|\\d{8})$' and c.relkind = 'r' and not c.relforcerowsecurity`;

    const before = await old.rows(days);
    await connected(restored.url('bc_console'), (client) =>
      client.query(`select events.make_day('outbox', '2001-01-01')`),
    );

    assert.deepEqual(await rows(guarded), [{ open: 0 }]);
    assert.deepEqual(await rows(days), [{ days: (before[0] as { days: number }).days + 1 }]);
  });
});
