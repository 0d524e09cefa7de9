import assert from 'node:assert/strict';
import {
  createTenant,
  createTenantRecords,
  getBrandingAndSettings,
  getTenant,
  markFailed,
  markLive,
  releaseSlug,
  reserveSlug,
  resumeTenant,
  suspendTenant,
  type Tenant,
} from '#domain/tenants/index.ts';
import { getJob, listJobs } from '#domain/jobs/index.ts';
import { verifyPassword } from '#platform/auth/passwords.ts';
import type { Context } from '#platform/context.ts';
import { AppError } from '#platform/errors.ts';
import { newId } from '#platform/ids.ts';
import { openConsoleDatabase, type ConsoleDatabase } from '#tests/support/console-database.ts';
import { payloadOf } from '#tests/support/ops.ts';

describe('tenants', () => {
  let database: ConsoleDatabase;
  let ctx: Context;
  let made = 0;

  before(async () => {
    database = await openConsoleDatabase();
    ctx = database.ctx;
  });
  after(() => database?.drop());

  const freshSlug = () => `store-${++made}`;
  const create = (slug = freshSlug()) =>
    createTenant(ctx, { slug, name: 'Acme', admin: { name: 'Ana', email: 'ana@acme.test' } });
  const createLive = async (): Promise<Tenant> => {
    const { tenant } = await create();
    await createTenantRecords(ctx, tenant.id, { branding: {}, settings: {} });
    return markLive(ctx, tenant.id);
  };
  const auditOf = (tenant: Tenant) =>
    ctx.db('platform.audit_log').where({ tenant_id: tenant.id }).orderBy('id').pluck<string[]>('action');
  const code = (expected: string) => (error: unknown) => error instanceof AppError && error.code === expected;
  const finishJobs = () => ctx.db('platform.jobs').update({ status: 'succeeded' });

  describe('createTenant', () => {
    it('records the store as provisioning, with its job, and audits it without the password', async () => {
      const { tenant, jobId, adminPassword } = await create();

      assert.equal((await getTenant(ctx, tenant.slug)).status, 'provisioning');
      const job = await getJob(ctx, jobId);
      assert.equal(job.tenantId, tenant.id);
      const payload = await payloadOf(ctx, jobId);
      assert.ok(await verifyPassword(String(payload.passwordHash), adminPassword));
      assert.ok(!JSON.stringify(payload).includes(adminPassword));
      assert.deepEqual(await auditOf(tenant), ['tenant.created']);
      const audited = await ctx.db('platform.audit_log').where({ tenant_id: tenant.id }).first();
      assert.ok(!JSON.stringify(audited).includes(adminPassword));
    });

    it('has a password changed that it made up, and lets one stand that was given', async () => {
      const admin = { name: 'Ana', email: 'ana@acme.test', password: 'pedra-areia-e-cal' };

      const madeUp = await create();
      const given = await createTenant(ctx, { slug: freshSlug(), name: 'Acme', admin });

      assert.equal((await payloadOf(ctx, madeUp.jobId)).mustChangePassword, true);
      assert.equal((await payloadOf(ctx, given.jobId)).mustChangePassword, false);
      assert.equal(given.adminPassword, admin.password);
    });

    it('refuses an unlawful slug and names the field', async () => {
      await assert.rejects(create('xn--loja'), (error: AppError) => {
        assert.equal(error.status, 422);
        assert.deepEqual(
          error.fields.map(({ path, code }) => ({ path, code })),
          [{ path: 'slug', code: 'punycode' }],
        );
        return true;
      });
    });

    it('gives a reserved name to the seed alone', async () => {
      await assert.rejects(create('demo'), code('reserved'));
      const input = { slug: 'demo', name: 'Demo', admin: { name: 'Ana', email: 'ana@acme.test' } };

      const { tenant } = await createTenant(ctx, input, { allowReserved: true });

      assert.equal(tenant.slug, 'demo');
      await assert.rejects(create('demo'), code('slug_taken'), 'a store has it now');
    });

    it('refuses a name that is live, an alias or in quarantine', async () => {
      const { tenant } = await create();
      const names = [
        { slug: 'old-name', tenant_id: tenant.id, kind: 'alias' },
        { slug: 'resting-name', kind: 'quarantined' },
      ];
      for (const name of names) await ctx.db('platform.slugs').insert({ ...name, reserved_at: new Date() });

      for (const slug of [tenant.slug, 'old-name', 'resting-name'])
        await assert.rejects(create(slug), (error: AppError) => {
          assert.equal(error.status, 409);
          assert.equal(error.code, 'slug_taken');
          assert.equal(error.fields[0]!.path, 'slug');
          return true;
        });
    });

    it('lets one of fifty parallel attempts at a name win and leaves nothing of the others', async () => {
      const outcomes = await Promise.allSettled(Array.from({ length: 50 }, () => create('wanted')));

      assert.equal(outcomes.filter(({ status }) => status === 'fulfilled').length, 1);
      for (const outcome of outcomes)
        if (outcome.status === 'rejected') assert.equal((outcome.reason as AppError).code, 'slug_taken');
      assert.equal((await ctx.db('platform.tenants').where({ slug: 'wanted' })).length, 1);
      assert.equal((await ctx.db('platform.jobs').where({ subject: 'store wanted' })).length, 1);
    });
  });

  describe('suspendTenant and resumeTenant', () => {
    it('suspends at once, with the reason, a job and an audit row', async () => {
      const tenant = await createLive();

      const { jobId } = await suspendTenant(ctx, tenant.slug, { reason: 'unpaid' });

      const suspended = await getTenant(ctx, tenant.slug);
      assert.equal(suspended.status, 'suspended');
      assert.equal(suspended.statusReason, 'unpaid');
      assert.equal((await getJob(ctx, jobId)).kind, 'tenant.suspend');
      assert.deepEqual((await auditOf(tenant)).at(-1), 'tenant.suspended');
    });

    it('keeps a resumed store suspended until the edge was seen serving it', async () => {
      const tenant = await createLive();
      await suspendTenant(ctx, tenant.slug, { reason: 'unpaid' });
      await resumeTenant(ctx, tenant.slug);
      assert.equal((await getTenant(ctx, tenant.slug)).status, 'suspended');

      await markLive(ctx, tenant.id);

      const live = await getTenant(ctx, tenant.slug);
      assert.deepEqual([live.status, live.statusReason], ['live', undefined]);
    });

    it('refuses what the state does not allow, with the reason in the code', async () => {
      const { tenant: provisioning } = await create();
      const live = await createLive();
      await assert.rejects(suspendTenant(ctx, provisioning.slug, { reason: 'x' }), code('tenant_provisioning'));
      await assert.rejects(resumeTenant(ctx, live.slug), code('tenant_not_suspended'));
      await assert.rejects(suspendTenant(ctx, 'nobody', { reason: 'x' }), code('tenant_not_found'));

      await suspendTenant(ctx, live.slug, { reason: 'x' });
      await assert.rejects(suspendTenant(ctx, live.slug, { reason: 'x' }), code('tenant_already_suspended'));
      await resumeTenant(ctx, live.slug);
      await assert.rejects(resumeTenant(ctx, live.slug), code('tenant_resuming'));
    });

    it('lets one of twenty parallel suspensions win, with one job', async () => {
      const tenant = await createLive();
      await finishJobs();

      const outcomes = await Promise.allSettled(
        Array.from({ length: 20 }, () => suspendTenant(ctx, tenant.slug, { reason: 'unpaid' })),
      );

      assert.equal(outcomes.filter(({ status }) => status === 'fulfilled').length, 1);
      const jobs = await listJobs(ctx, { tenantId: tenant.id, kind: 'tenant.suspend', limit: 50 });
      assert.equal(jobs.length, 1);
    });
  });

  describe('onboarding', () => {
    it('may repeat each of its steps, as a worker does that died in one', async () => {
      const { tenant } = await create();
      const given = { branding: { primaryColor: '#112233' }, settings: { salesSeeAll: true } };
      const twice = async <T>(step: () => Promise<T>) => [await step(), await step()][1];

      await twice(() => reserveSlug(ctx, tenant.id));
      await twice(() => createTenantRecords(ctx, tenant.id, given));
      const live = await twice(() => markLive(ctx, tenant.id));

      const { branding, settings } = await getBrandingAndSettings(ctx, tenant.id);
      assert.equal(live!.status, 'live');
      assert.deepEqual([branding.primaryColor, branding.themeVersion], ['#112233', 1]);
      assert.deepEqual([settings.salesSeeAll, settings.quoteValidityDays], [true, 7]);
      assert.deepEqual(await auditOf(tenant), ['tenant.created', 'tenant.went_live']);
    });
  });

  describe('a failed onboarding', () => {
    it('frees the name, and a retry takes it back', async () => {
      const { tenant } = await create();
      await releaseSlug(ctx, tenant.id);
      await markFailed(ctx, tenant.id, 'the edge did not answer');
      assert.equal((await getTenant(ctx, tenant.slug)).statusReason, 'the edge did not answer');

      assert.equal((await reserveSlug(ctx, tenant.id)).status, 'provisioning');

      await assert.rejects(create(tenant.slug), code('slug_taken'));
    });

    it('cannot take back a name that another store has now, nor hide that store', async () => {
      const { tenant } = await create();
      await releaseSlug(ctx, tenant.id);
      await markFailed(ctx, tenant.id, 'the edge did not answer');
      const { tenant: successor } = await create(tenant.slug);

      await assert.rejects(reserveSlug(ctx, tenant.id), code('slug_taken'));

      assert.equal((await getTenant(ctx, tenant.slug)).id, successor.id);
      assert.equal((await getTenant(ctx, tenant.id)).status, 'failed');
    });

    it('does not take for its own name what is an alias by now', async () => {
      const { tenant } = await create();
      await ctx.db('platform.slugs').where({ slug: tenant.slug }).update({ kind: 'alias' });

      await assert.rejects(reserveSlug(ctx, tenant.id), code('slug_taken'));
    });

    it('cannot become live', async () => {
      const { tenant } = await create();
      await markFailed(ctx, tenant.id, 'the edge did not answer');

      await assert.rejects(markLive(ctx, tenant.id), code('tenant_failed'));
    });
  });

  it('answers an unknown id like an unknown slug', async () => {
    await assert.rejects(getTenant(ctx, newId()), code('tenant_not_found'));
  });
});
