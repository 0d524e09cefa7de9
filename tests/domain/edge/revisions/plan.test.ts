import assert from 'node:assert/strict';
import { listFileDiffs, planRollback, planTenantRollback, rollBackTenant, rollBackTo } from '#domain/edge/index.ts';
import { getJob } from '#domain/jobs/index.ts';
import { getTenant, suspendTenant, type Tenant } from '#domain/tenants/index.ts';
import { fixedClock } from '#platform/clock.ts';
import type { Context } from '#platform/context.ts';
import { openConsoleDatabase, type ConsoleDatabase } from '#tests/support/console-database.ts';
import { addLiveStore, asLive, enrolPaperEdge, payloadOf, publishOnPaper } from '#tests/support/edge-rows.ts';

const HOUR_MS = 3_600_000;

describe('rolling back', function () {
  this.timeout(60_000);
  let database: ConsoleDatabase;
  let ctx: Context;
  let clock: ReturnType<typeof fixedClock>;
  let stores: Tenant[];
  let first: number;
  let noon: Date;

  beforeEach(async () => {
    database = await openConsoleDatabase();
    clock = fixedClock(new Date('2026-11-26T12:00:00Z'));
    ctx = { ...database.ctx, clock };
    noon = clock.now();
    await enrolPaperEdge(ctx);
    stores = [];
    for (const slug of ['acme', 'bravo', 'carla']) stores.push(await addLiveStore(ctx, slug));
    [first] = (await publishOnPaper(ctx, stores.map(asLive))) as [number];
    clock.advance(HOUR_MS);
    await rename(stores[0]!, 'Wrong');
    await rename(stores[2]!, 'Wrong too');
    await publishOnPaper(ctx, stores.map(asLive));
    clock.advance(HOUR_MS);
  });
  afterEach(() => database?.drop());

  const rename = ({ id }: Tenant, name: string) => ctx.db('platform.tenants').where({ id }).update({ name });
  const nameOf = async ({ id }: Tenant) => (await getTenant(ctx, id)).name;

  it('to a time plans exactly the stores that say something else now', async () => {
    const { items } = await planRollback(ctx, noon);

    assert.deepEqual(
      items.map(({ slug, differences }) => [slug, differences]),
      [
        ['acme', [{ field: 'name', before: 'Wrong', after: 'Loja acme' }]],
        ['carla', [{ field: 'name', before: 'Wrong too', after: 'Loja carla' }]],
      ],
    );
    assert.deepEqual((await planRollback(ctx, clock.now())).items, []);
  });

  it('to a time changes those stores by one job, and says why in the audit log', async () => {
    const { fingerprint } = await planRollback(ctx, noon);

    const jobId = await rollBackTo(ctx, noon, { why: 'a bad import', shown: fingerprint });

    const { kind, subject } = await getJob(ctx, jobId);
    const payload = await payloadOf(ctx, jobId);
    const reason = 'rolled back to 2026-11-26T12:00:00.000Z: a bad import';
    assert.deepEqual([kind, subject, payload.reason], ['tenants.publish', '2 stores', reason]);
    assert.deepEqual(await Promise.all(stores.map(nameOf)), ['Loja acme', 'Loja bravo', 'Loja carla']);
    const audited = await ctx.db('platform.audit_log').where({ action: 'tenant.rolled_back' }).orderBy('id');
    assert.deepEqual(
      audited.map(({ subject_label, after }) => [subject_label, after.reason]),
      [
        ['acme', reason],
        ['carla', reason],
      ],
    );
  });

  it('changes nothing when another plan was confirmed', async () => {
    const { fingerprint } = await planRollback(ctx, noon);
    await rename(stores[1]!, 'Changed meanwhile');

    await assert.rejects(rollBackTo(ctx, noon, { shown: fingerprint }), { code: 'plan_changed' });

    assert.equal(await nameOf(stores[0]!), 'Wrong');
  });

  it('of one store gives it what a revision said, and leaves the others', async () => {
    const { items, fingerprint } = await planTenantRollback(ctx, { idOrSlug: 'acme', revision: first });
    assert.deepEqual(
      items.map((item) => item.slug),
      ['acme'],
    );

    await rollBackTenant(ctx, { idOrSlug: 'acme', revision: first, why: 'typo', shown: fingerprint });

    assert.deepEqual(await Promise.all(stores.map(nameOf)), ['Loja acme', 'Loja bravo', 'Wrong too']);
    const again = rollBackTenant(ctx, { idOrSlug: 'acme', revision: first });
    await assert.rejects(again, { code: 'nothing_to_roll_back' });
  });

  it('does not open a store that was suspended since', async () => {
    await suspendTenant(ctx, 'acme', { reason: 'unpaid' });

    await rollBackTo(ctx, noon);

    const { status, name } = await getTenant(ctx, 'acme');
    assert.deepEqual([status, name], ['suspended', 'Loja acme']);
  });

  it('knows no revision that the store was not served by', async () => {
    await ctx
      .db('platform.edge_revision_files')
      .where({ revision: first, slug: 'bravo' })
      .update({ outcome: 'failed' });

    const plan = (slug: string, revision: number) => planTenantRollback(ctx, { idOrSlug: slug, revision });
    await assert.rejects(plan('bravo', first), { code: 'revision_not_found' });
    await assert.rejects(plan('acme', 9999), { code: 'revision_not_found' });
    await assert.rejects(plan('nobody', first), { code: 'tenant_not_found' });
  });

  it('can be seen: each file of a revision with its differences and what became of it', async () => {
    const files = await listFileDiffs(ctx, { revision: first + 1, limit: 1 });

    assert.equal(files.length, 2, 'one more than asked for tells that there is more');
    const [acme] = files;
    assert.deepEqual(acme?.differences, [{ field: 'name', before: 'Loja acme', after: 'Wrong' }]);
    assert.deepEqual([acme.previousRevision, acme.outcome, acme.served?.revision], [first, 'confirmed', first + 1]);
    assert.deepEqual(acme.finishedAt, new Date('2026-11-26T13:00:00Z'));
    assert.deepEqual(await listFileDiffs(ctx, { revision: first + 1, limit: 9, onlyFailed: true }), []);
  });
});
