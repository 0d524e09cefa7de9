import assert from 'node:assert/strict';
import { listJobs } from '#domain/jobs/index.ts';
import { expireNames, isSlugFree, listMapLines, listNames, QUARANTINE_DAYS } from '#domain/tenants/index.ts';
import { fixedClock } from '#platform/clock.ts';
import type { Context } from '#platform/context.ts';
import { openConsoleDatabase, type ConsoleDatabase } from '#tests/support/console-database.ts';
import { aLiveTenant, auditOf, payloadOf } from '#tests/support/tenants.ts';

const DAY_MS = 86_400_000;

describe('the names of stores, day after day', () => {
  let database: ConsoleDatabase;
  let ctx: Context;
  const clock = fixedClock(new Date('2026-11-26T12:00:00Z'));

  before(async () => {
    database = await openConsoleDatabase();
    ctx = { ...database.ctx, clock };
  });
  after(() => database?.drop());

  it('lead somewhere, then nowhere, then are free, each when its time has come', async () => {
    const { id, slug } = await aLiveTenant(ctx);
    const freeAfter = new Date(clock.now().getTime() + DAY_MS);
    await ctx
      .db('platform.slugs')
      .insert({ slug: 'old-name', tenant_id: id, kind: 'alias', reserved_at: clock.now(), free_after: freeAfter });

    assert.equal(await expireNames(ctx), 0, 'its last day is not over');
    assert.deepEqual((await listMapLines(ctx)).aliases, [{ slug: 'old-name', target: slug }]);

    clock.advance(DAY_MS);
    assert.equal(await expireNames(ctx), 1);
    assert.equal(await expireNames(ctx), 0, 'once');
    assert.deepEqual((await listMapLines(ctx)).aliases, []);
    assert.deepEqual(await listNames(ctx, id), [
      { slug: 'old-name', kind: 'quarantined', endsAt: new Date(clock.now().getTime() + QUARANTINE_DAYS * DAY_MS) },
    ]);
    const [job] = await listJobs(ctx, { kind: 'edge.publish_maps', limit: 5 });
    assert.equal(job?.tenantId, undefined);
    assert.deepEqual(await payloadOf(ctx, job?.id), { reason: 'old names ended: old-name' });

    clock.advance(QUARANTINE_DAYS * DAY_MS - 1);
    assert.equal(await expireNames(ctx), 0);
    assert.equal(await isSlugFree(ctx, 'old-name'), false);
    clock.advance(1);
    assert.equal(await expireNames(ctx), 1);
    assert.equal(await isSlugFree(ctx, 'old-name'), true);
    assert.deepEqual((await auditOf(ctx, id)).slice(-2), ['name.quarantined', 'name.freed']);
    assert.equal((await listJobs(ctx, { kind: 'edge.publish_maps', limit: 5 })).length, 1, 'edges never knew of it');
  });

  it('never end while they are a store’s own, whatever they were before', async () => {
    const { id, slug } = await aLiveTenant(ctx);
    await ctx
      .db('platform.slugs')
      .where({ slug })
      .update({ free_after: new Date(0) });
    await ctx.db('platform.slugs').insert({
      slug: 'on-its-way',
      tenant_id: id,
      kind: 'incoming',
      came_from: 'alias',
      reserved_at: clock.now(),
      free_after: new Date(0),
    });

    assert.equal(await expireNames(ctx), 0);
  });
});
