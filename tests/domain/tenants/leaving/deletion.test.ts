import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import {
  archiveTenant,
  deleteTenant,
  discardExport,
  eraseTenant,
  exportTenant,
  getTenant,
  listNames,
  listRemains,
  markDeleted,
  measureTenant,
  verifyExport,
} from '#domain/tenants/index.ts';
import { listReadings } from '#domain/streams/readings.ts';
import { withTenant } from '#platform/db/index.ts';
import { fixedClock } from '#platform/clock.ts';
import type { Context } from '#platform/context.ts';
import { openConsoleDatabase, type ConsoleDatabase } from '#tests/support/console-database.ts';
import { fillEveryTable, MARK } from '#tests/support/full-store.ts';
import { tablesThatSay } from '#tests/support/leftovers.ts';
import { aLiveTenant, auditOf, coded, endJob } from '#tests/support/tenants.ts';

describe('deleting a store', () => {
  let database: ConsoleDatabase;
  let ctx: Context;
  let dir: string;
  const clock = fixedClock(new Date());
  const { signal } = new AbortController();

  before(async () => {
    database = await openConsoleDatabase();
    ctx = { ...database.ctx, clock };
    dir = await mkdtemp(join(tmpdir(), 'bc-archives-'));
  });
  after(async () => {
    await database?.drop();
    await rm(dir, { recursive: true, force: true });
  });

  /** An archived store with a row in every table, and the job that deletes it. */
  const leaving = async () => {
    const { id: tenantId, slug } = await aLiveTenant(ctx);
    await fillEveryTable(database.superuserUrl, tenantId, { isSettled: false });
    const { jobId: archiving } = await archiveTenant(ctx, tenantId, { reason: 'they left', graceDays: 0 });
    await endJob(ctx, archiving);
    const { jobId } = await deleteTenant(ctx, tenantId, { confirmation: slug, reason: 'they asked' });
    return { tenantId, slug, jobId, dir, signal };
  };
  const linesOf = async (path: string) =>
    gunzipSync(await readFile(path))
      .toString()
      .trimEnd()
      .split('\n')
      .map(
        (line) =>
          JSON.parse(line) as { head?: object; table?: string; row?: Record<string, unknown>; manifest?: object },
      );

  it('waits for the end of the grace and for the typed name', async () => {
    const { id, slug } = await aLiveTenant(ctx);
    await endJob(ctx, (await archiveTenant(ctx, id, { reason: 'they left' })).jobId);

    await assert.rejects(deleteTenant(ctx, id, { confirmation: slug, reason: 'x' }), coded('tenant_in_grace'));
    clock.advance(30 * 86_400_000);
    await assert.rejects(deleteTenant(ctx, id, { confirmation: 'other', reason: 'x' }), coded('wrong_confirmation'));
    await deleteTenant(ctx, id, { confirmation: slug, reason: 'x' });
    await assert.rejects(deleteTenant(ctx, id, { confirmation: slug, reason: 'x' }), coded('tenant_deleting'));
    assert.equal((await getTenant(ctx, id)).status, 'archived', 'until the copy is proven');
  });

  it('copies every row of every table, none of its secrets, in a file that only we may read', async () => {
    const store = await leaving();

    const copy = await exportTenant(ctx, store);

    const path = join(dir, copy.fileName);
    const bytes = await readFile(path);
    assert.equal(createHash('sha256').update(bytes).digest('hex'), copy.sha256);
    assert.equal((await stat(path)).mode & 0o777, 0o600);
    const lines = await linesOf(path);
    assert.partialDeepStrictEqual(lines[0], { head: { version: 1, slug: store.slug, tenantId: store.tenantId } });
    const tables = lines.flatMap(({ table }) => table ?? []);
    const measured = await measureTenant(ctx, store.tenantId);
    assert.deepEqual(
      measured.filter(({ rows }) => rows === 0).map(({ table }) => table),
      [],
      'these tables have no row in tests/support/full-store.ts',
    );
    assert.deepEqual(
      tables,
      measured.map(({ table }) => table),
    );
    for (const { table, rows } of measured)
      assert.equal(copy.rowCounts[table], table === 'platform.tenant_exports' ? 1 : rows, table);
    assert.ok(lines.every(({ row }) => row === undefined || row.tenant_id === store.tenantId));
    const text = JSON.stringify(lines);
    assert.ok(text.includes(MARK) && !text.includes('argon2id'));
    assert.deepEqual(
      (await readdir(dir)).filter((name) => name.endsWith('.part')),
      [],
    );
  });

  it('reads the copy back, and trusts none that is cut, changed, another store’s or outdated', async () => {
    const store = await leaving();
    const copy = await exportTenant(ctx, store);
    const path = join(dir, copy.fileName);
    const whole = await readFile(path);
    const other = await exportTenant(ctx, await leaving());
    const damage: [string, () => Promise<void>][] = [
      ['cut', () => writeFile(path, whole.subarray(0, whole.length - 20))],
      ['one byte changed', () => writeFile(path, whole.with(Math.floor(whole.length / 2), whole.at(-100)! ^ 1))],
      ['another store’s', async () => writeFile(path, await readFile(join(dir, other.fileName)))],
      ['gone', () => rm(path)],
    ];

    for (const [what, spoil] of damage) {
      await spoil();
      await assert.rejects(verifyExport(ctx, store), coded('export_damaged'), what);
      await assert.rejects(markDeleted(ctx, store), coded('export_not_verified'), what);
    }
    await writeFile(path, whole);
    await ctx.db('platform.alerts').where({ tenant_id: store.tenantId }).update({ tenant_id: null });
    await assert.rejects(verifyExport(ctx, store), coded('export_outdated'));
    await ctx.db('platform.alerts').whereNull('tenant_id').update({ tenant_id: store.tenantId });
    assert.equal((await verifyExport(ctx, store)).sha256, copy.sha256);
    await markDeleted(ctx, store);
  });

  it('leaves no row of it, but its record, its names in quarantine, the audit log and the job', async () => {
    const store = await leaving();
    const { tenantId, slug, jobId } = store;
    const copy = await exportTenant(ctx, store);
    await verifyExport(ctx, store);

    await markDeleted(ctx, store);
    await markDeleted(ctx, store);
    const erased = await eraseTenant(ctx, store);
    const again = await eraseTenant(ctx, store);

    assert.ok(erased >= 30 && again === 0, `${erased}, then ${again}`);
    assert.deepEqual(await listRemains(ctx, tenantId), []);
    assert.deepEqual(Object.keys(await tablesThatSay(database.superuserUrl, [tenantId, `Loja ${slug}`])), [
      'platform.audit_log',
      'platform.jobs',
      'platform.slugs',
      // Of the record: how many people there are, and when the last of them was there.
      'platform.tenant_figures',
      'platform.tenants',
    ]);
    const { status, name, adminEmail, statusReason } = await getTenant(ctx, tenantId);
    assert.deepEqual([status, name, adminEmail, statusReason], ['deleted', slug, '', undefined]);
    const jobs = await ctx
      .db('platform.jobs')
      .whereRaw('payload::text like ?', [`%${tenantId}%`])
      .pluck<string[]>('id');
    assert.deepEqual(jobs, [jobId]);
    assert.deepEqual(
      (await listNames(ctx, tenantId)).map(({ slug, kind }) => [slug, kind]),
      [[slug, 'quarantined']],
    );
    const [told] = await ctx.db('platform.audit_log').where({ tenant_id: tenantId, action: 'tenant.deleted' });
    assert.partialDeepStrictEqual(told, { after: { export: { file: copy.fileName, sha256: copy.sha256 } } });
  });

  it('keeps the lag of all stores right: what it had settled stays counted', async () => {
    const store = await leaving();
    const count = async () => (await listReadings(ctx.db, 'events:construction')).map(({ processed }) => processed);
    const before = await count();
    await exportTenant(ctx, store);
    await verifyExport(ctx, store);

    await markDeleted(ctx, store);
    await eraseTenant(ctx, store);

    assert.deepEqual(await count(), before);
  });

  it('is made impossible by the database itself for a store that is not on its way out', async () => {
    const { id } = await aLiveTenant(ctx);
    const inStore = (sql: string) => withTenant(ctx, id, (tx) => tx.db.raw(sql));

    await assert.rejects(inStore(`select platform.erase_tenant_rows('construction.users', 10)`), /is not deleted/);
    await assert.rejects(inStore(`select platform.open_tenant_rows('construction.users')`), /is not archived/);
    await assert.rejects(inStore(`select platform.open_tenant_rows('platform.operators')`), /no tenant table/);
    await assert.rejects(inStore(`select platform.erase_tenant_rows('platform.audit_log', 10)`), /no tenant table/);
  });

  it('does not take another store’s rows along', async () => {
    const other = await aLiveTenant(ctx);
    await fillEveryTable(database.superuserUrl, other.id);
    const before = await measureTenant(ctx, other.id);
    const store = await leaving();
    await exportTenant(ctx, store);
    await verifyExport(ctx, store);

    await markDeleted(ctx, store);
    await eraseTenant(ctx, store);

    assert.deepEqual(await measureTenant(ctx, other.id), before);
    assert.deepEqual(await auditOf(ctx, other.id), []);
  });

  it('removes the copy of a store that stays after all, and never that of one that is gone', async () => {
    const store = await leaving();
    const copy = await exportTenant(ctx, store);
    await discardExport(ctx, store);
    await discardExport(ctx, store);
    assert.equal((await readdir(dir)).includes(copy.fileName), false);

    await exportTenant(ctx, store);
    await verifyExport(ctx, store);
    await markDeleted(ctx, store);
    await discardExport(ctx, store);
    assert.equal((await readdir(dir)).includes(copy.fileName), true);
  });

  it('says that the disk refuses the copy', async () => {
    const store = await leaving();
    await writeFile(join(dir, 'a-file'), '');

    await assert.rejects(exportTenant(ctx, { ...store, dir: join(dir, 'a-file') }), coded('export_not_written'));
  });
});
