import assert from 'node:assert/strict';
import { inviteUser } from '#domain/construction/users/index.ts';
import { getJob } from '#domain/jobs/index.ts';
import { changePlan, getTenant, listMapLines, listPlans } from '#domain/tenants/index.ts';
import type { Context } from '#platform/context.ts';
import { openConsoleDatabase, type ConsoleDatabase } from '#tests/support/console-database.ts';
import { aLiveTenant, auditOf, coded, payloadOf } from '#tests/support/tenants.ts';

describe('the plan of a store', () => {
  let database: ConsoleDatabase;
  let ctx: Context;

  before(async () => {
    database = await openConsoleDatabase();
    ctx = database.ctx;
  });
  after(() => database?.drop());

  it('is one of a few, the smallest first', async () => {
    assert.deepEqual(
      (await listPlans(ctx)).map(({ code, maxUsers }) => [code, maxUsers]),
      [
        ['standard', 10],
        ['plus', 40],
        ['premium', 200],
      ],
    );
  });

  it('is changed with an audit row and a job that tells the edges, and once', async () => {
    const { id, slug } = await aLiveTenant(ctx);

    const { tenant, jobId } = await changePlan(ctx, slug, { plan: 'premium' });
    const again = await changePlan(ctx, slug, { plan: 'premium' });

    assert.equal(tenant.plan, 'premium');
    const job = await getJob(ctx, jobId!);
    assert.equal(job.kind, 'tenant.publish_maps');
    assert.equal((await payloadOf(ctx, jobId)).reason, 'plan standard → premium');
    assert.deepEqual((await listMapLines(ctx)).limits, [{ slug, plan: 'premium' }]);
    assert.equal(again.jobId, undefined);
    assert.deepEqual(await auditOf(ctx, id), ['tenant.plan_changed']);
  });

  it('is none that does not exist, nor one that is too small for its people', async () => {
    const { id } = await aLiveTenant(ctx);
    await changePlan(ctx, id, { plan: 'plus' });
    for (let n = 1; n <= 11; n++)
      await inviteUser(ctx, id, { name: `Ana ${n}`, email: `ana-${n}@loja.example`, role: 'salesperson' });

    await assert.rejects(changePlan(ctx, id, { plan: 'golden' }), coded('unknown_plan'));
    await assert.rejects(changePlan(ctx, id, { plan: 'standard' }), {
      code: 'plan_too_small',
      members: { users: 11, max_users: 10 },
    });
    assert.equal((await getTenant(ctx, id)).plan, 'plus');
  });
});
