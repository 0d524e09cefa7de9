import assert from 'node:assert/strict';
import {
  createTenant,
  findTenant,
  finishRename,
  getTenant,
  giveUpRename,
  isSlugFree,
  listMapLines,
  listNames,
  renameTenant,
  reserveNewName,
  switchName,
  switchNameBack,
} from '#domain/tenants/index.ts';
import type { Context } from '#platform/context.ts';
import { openDatabase, type Database } from '#platform/db/index.ts';
import { silentLogger } from '#platform/log/index.ts';
import { openConsoleDatabase, type ConsoleDatabase } from '#tests/support/console-database.ts';
import { aLiveTenant, auditOf, coded, endJob, freshSlug, payloadOf } from '#tests/support/tenants.ts';

describe('renaming a store', () => {
  let database: ConsoleDatabase;
  let ctx: Context;
  let app: Database;

  before(async () => {
    database = await openConsoleDatabase();
    ctx = database.ctx;
    const url = new URL(database.superuserUrl);
    app = openDatabase({ url: url.href, poolMax: 1, applicationName: 'test', log: silentLogger });
  });
  after(async () => {
    await app?.stop();
    await database?.drop();
  });

  /** Whom the application finds under a name. */
  const storeAt = async (slug: string) => {
    const { rows } = await app.db.raw<{ rows: { tenant_id: string; slug: string }[] }>(
      'select * from platform.find_store(?)',
      [slug],
    );
    return rows[0]?.tenant_id;
  };
  const renamed = async () => {
    const { id: tenantId, slug: from } = await aLiveTenant(ctx);
    const to = freshSlug('nova');
    const { jobId } = await renameTenant(ctx, tenantId, { slug: to });
    return { tenantId, from, to, jobId };
  };

  it('takes the new name at once, keeps the old one, and asks for the job', async () => {
    const { tenantId, from, to, jobId } = await renamed();

    assert.deepEqual(await listNames(ctx, tenantId), [{ slug: to, kind: 'incoming', endsAt: undefined }]);
    const { status, slug, statusReason } = await getTenant(ctx, tenantId);
    assert.deepEqual([status, slug, statusReason], ['renaming', from, `${from} → ${to}`]);
    assert.deepEqual(await payloadOf(ctx, jobId), { tenantId, from, to, aliasDays: 90 });
    assert.deepEqual([await storeAt(from), await storeAt(to)], [tenantId, tenantId]);
    assert.equal((await auditOf(ctx, tenantId)).at(-1), 'tenant.rename_requested');
  });

  it('refuses what is no name, its own, somebody’s, and whatever is in quarantine', async () => {
    const { id, slug } = await aLiveTenant(ctx);
    const other = await aLiveTenant(ctx);
    await ctx.db('platform.slugs').insert({ slug: 'old-name', kind: 'quarantined', reserved_at: new Date() });

    await assert.rejects(renameTenant(ctx, id, { slug: 'a--b' }), coded('double_hyphen'));
    await assert.rejects(renameTenant(ctx, id, { slug: 'www' }), coded('reserved'));
    await assert.rejects(renameTenant(ctx, id, { slug }), coded('slug_unchanged'));
    await assert.rejects(renameTenant(ctx, id, { slug: other.slug }), coded('slug_taken'));
    await assert.rejects(renameTenant(ctx, id, { slug: 'old-name' }), coded('slug_taken'));
    assert.equal((await getTenant(ctx, id)).status, 'live');
  });

  it('gives a name that many want at once to one of them', async () => {
    const stores = await Promise.all(Array.from({ length: 6 }, () => aLiveTenant(ctx)));
    const to = freshSlug('wanted');
    const newcomer = { slug: to, name: 'Nova', admin: { name: 'Ana', email: 'ana@nova.example' } };

    const attempts = [...stores.map(({ id }) => renameTenant(ctx, id, { slug: to })), createTenant(ctx, newcomer)];
    const results = await Promise.allSettled(attempts);

    assert.equal(results.filter(({ status }) => status === 'fulfilled').length, 1);
  });

  it('makes the old name an alias that leads to the new one, for as long as was asked', async () => {
    const { tenantId, from, to } = await renamed();
    const before = Date.now();

    await switchName(ctx, { tenantId, from, to }, 30);
    await switchName(ctx, { tenantId, from, to }, 30);
    await finishRename(ctx, { tenantId, from, to });
    await finishRename(ctx, { tenantId, from, to });

    const { status, slug } = await getTenant(ctx, tenantId);
    assert.deepEqual([status, slug], ['live', to]);
    const [alias] = await listNames(ctx, tenantId);
    assert.deepEqual([alias?.slug, alias?.kind], [from, 'alias']);
    const days = (alias!.endsAt!.getTime() - before) / 86_400_000;
    assert.ok(Math.abs(days - 30) < 0.01, `${days} days`);
    assert.deepEqual((await listMapLines(ctx)).aliases.find((line) => line.target === to)?.slug, from);
    assert.deepEqual([await storeAt(from), await storeAt(to)], [tenantId, tenantId]);
    assert.equal((await findTenant(ctx, from))?.id, tenantId, 'operators find it under its old name too');
    assert.deepEqual((await auditOf(ctx, tenantId)).slice(-2), ['tenant.went_live', 'tenant.renamed']);
    assert.equal(await isSlugFree(ctx, from), false);
  });

  it('leaves nothing of the new name when it is given up, also after the switch', async () => {
    const { tenantId, from, to } = await renamed();
    await switchName(ctx, { tenantId, from, to }, 30);

    await switchNameBack(ctx, { tenantId, from, to });
    await switchNameBack(ctx, { tenantId, from, to });
    await giveUpRename(ctx, { tenantId, from, to }, 'no edge');
    await giveUpRename(ctx, { tenantId, from, to }, 'no edge');

    const { status, slug } = await getTenant(ctx, tenantId);
    assert.deepEqual([status, slug], ['live', from]);
    assert.deepEqual(await listNames(ctx, tenantId), []);
    assert.equal(await isSlugFree(ctx, to), true);
    assert.equal((await auditOf(ctx, tenantId)).at(-1), 'tenant.rename_failed');
  });

  it('can go back to its old name, and leaves the alias as it was when that fails', async () => {
    const { tenantId, from, to, jobId } = await renamed();
    await switchName(ctx, { tenantId, from, to }, 30);
    await finishRename(ctx, { tenantId, from, to });
    await endJob(ctx, jobId);
    const alias = await listNames(ctx, tenantId);
    const back = { tenantId, from: to, to: from };

    await renameTenant(ctx, tenantId, { slug: from });
    await switchName(ctx, back, 90);
    await switchNameBack(ctx, back);
    await giveUpRename(ctx, back, 'no edge');
    assert.deepEqual(await listNames(ctx, tenantId), alias);

    await reserveNewName(ctx, back);
    await switchName(ctx, back, 90);
    await finishRename(ctx, back);
    const names = await listNames(ctx, tenantId);
    assert.deepEqual(
      names.map(({ slug, kind }) => [slug, kind]),
      [[to, 'alias']],
    );
  });

  it('wins the name back when the job is tried again, unless somebody has it or the store moved on', async () => {
    const { tenantId, from, to } = await renamed();
    await giveUpRename(ctx, { tenantId, from, to }, 'no edge');

    await reserveNewName(ctx, { tenantId, from, to });
    await reserveNewName(ctx, { tenantId, from, to });
    assert.equal((await getTenant(ctx, tenantId)).status, 'renaming');

    await giveUpRename(ctx, { tenantId, from, to }, 'no edge');
    await aLiveTenant(ctx, to);
    await assert.rejects(reserveNewName(ctx, { tenantId, from, to }), coded('slug_taken'));
    await assert.rejects(reserveNewName(ctx, { tenantId, from: 'another', to: freshSlug() }), coded('tenant_renamed'));
  });
});
