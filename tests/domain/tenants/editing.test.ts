import assert from 'node:assert/strict';
import { getJob } from '#domain/jobs/index.ts';
import { getBrandingAndSettings, getTenant, updateTenant } from '#domain/tenants/index.ts';
import type { Context } from '#platform/context.ts';
import { openConsoleDatabase, type ConsoleDatabase } from '#tests/support/console-database.ts';
import { aLiveTenant, auditOf, coded } from '#tests/support/tenants.ts';

describe('updateTenant', () => {
  let database: ConsoleDatabase;
  let ctx: Context;

  before(async () => {
    database = await openConsoleDatabase();
    ctx = database.ctx;
  });
  after(() => database?.drop());

  it('changes what is given, keeps the rest, and publishes what the public sees', async () => {
    const tenant = await aLiveTenant(ctx);

    const { jobId } = await updateTenant(ctx, tenant.slug, {
      version: tenant.version,
      changes: { name: 'Acme Tools', branding: { primaryColor: '#123456' } },
    });

    const { branding } = await getBrandingAndSettings(ctx, tenant.id);
    assert.equal((await getTenant(ctx, tenant.slug)).name, 'Acme Tools');
    assert.equal(branding.primaryColor, '#123456');
    assert.equal(branding.secondaryColor, '#ea4335');
    assert.equal(branding.themeVersion, 2);
    assert.equal((await getJob(ctx, jobId!)).kind, 'tenant.publish');
    assert.deepEqual((await auditOf(ctx, tenant.id)).at(-1), 'tenant.updated');
  });

  it('publishes nothing for a change of settings', async () => {
    const tenant = await aLiveTenant(ctx);

    const { jobId } = await updateTenant(ctx, tenant.slug, { changes: { settings: { quoteValidityDays: 15 } } });

    assert.equal(jobId, undefined);
    assert.equal((await getBrandingAndSettings(ctx, tenant.id)).settings.quoteValidityDays, 15);
  });

  it('takes what is as it was already for no change: no version, no theme, no job, no audit row', async () => {
    const tenant = await aLiveTenant(ctx);
    const before = await auditOf(ctx, tenant.id);
    const { branding, settings } = await getBrandingAndSettings(ctx, tenant.id);
    const { primaryColor, features } = branding;

    const changes = { name: tenant.name, branding: { primaryColor, features }, settings };
    const outcome = await updateTenant(ctx, tenant.slug, { version: tenant.version, changes });

    assert.deepEqual(outcome, { tenant, jobId: undefined });
    assert.equal((await getTenant(ctx, tenant.slug)).version, tenant.version);
    assert.equal((await getBrandingAndSettings(ctx, tenant.id)).branding.themeVersion, branding.themeVersion);
    assert.deepEqual(await auditOf(ctx, tenant.id), before);
  });

  it('audits the look as it was written, with the version of its theme', async () => {
    const tenant = await aLiveTenant(ctx);

    await updateTenant(ctx, tenant.slug, { changes: { branding: { primaryColor: '#123456' } } });

    const { branding } = await getBrandingAndSettings(ctx, tenant.id);
    const [row] = await ctx
      .db('platform.audit_log')
      .where({ tenant_id: tenant.id, action: 'tenant.updated' })
      .select<{ after: { branding: object } }[]>('after');
    assert.deepEqual(row?.after.branding, branding);
  });

  it('refuses a change made from an older version and changes nothing', async () => {
    const tenant = await aLiveTenant(ctx);
    await updateTenant(ctx, tenant.slug, { version: tenant.version, changes: { name: 'First' } });

    await assert.rejects(
      updateTenant(ctx, tenant.slug, { version: tenant.version, changes: { name: 'Second' } }),
      coded('version_conflict'),
    );

    assert.equal((await getTenant(ctx, tenant.slug)).name, 'First');
  });
});
