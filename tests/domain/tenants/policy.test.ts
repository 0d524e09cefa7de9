import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  addDomain,
  allowedActions,
  archiveTenant,
  changePlan,
  deleteTenant,
  ensureArchived,
  finishRename,
  getTenant,
  getTenantAllowing,
  giveUpRename,
  markLive,
  markRestored,
  renameTenant,
  restoreTenant,
  resumeTenant,
  suspendTenant,
  switchName,
  TENANT_ACTIONS,
  TENANT_STATUSES,
  undoArchiving,
  updateTenant,
  type Tenant,
  type TenantAction,
  type TenantStatus,
} from '#domain/tenants/index.ts';
import type { Context } from '#platform/context.ts';
import { AppError } from '#platform/errors.ts';
import { openConsoleDatabase, type ConsoleDatabase } from '#tests/support/console-database.ts';
import { aLiveTenant, endJob, freshSlug, payloadOf } from '#tests/support/tenants.ts';

/** What may become of a store by itself or by an action, written down a second time on purpose. */
const NEXT: Record<TenantStatus, TenantStatus[]> = {
  provisioning: ['live', 'failed'],
  live: ['suspended', 'renaming', 'archived'],
  suspended: ['live', 'archived'],
  renaming: ['live'],
  archived: ['live', 'suspended', 'deleted'],
  deleted: [],
  failed: ['provisioning'],
};

describe('the states of a store', () => {
  let database: ConsoleDatabase;
  let ctx: Context;

  before(async () => {
    database = await openConsoleDatabase();
    ctx = database.ctx;
  });
  after(() => database?.drop());

  const ACTIONS: Record<TenantAction, (id: string) => Promise<unknown>> = {
    edit: (id) => updateTenant(ctx, id, { changes: { name: 'Outra' } }),
    change_plan: (id) => changePlan(ctx, id, { plan: 'plus' }),
    manage_domains: (id) => addDomain(ctx, id, { host: `${freshSlug()}.com.br`, baseDomain: 'localhost' }),
    manage_users: (id) => getTenantAllowing(ctx, id, 'manage_users'),
    rename: (id) => renameTenant(ctx, id, { slug: freshSlug('nova') }),
    suspend: (id) => suspendTenant(ctx, id, { reason: 'unpaid' }),
    resume: (id) => resumeTenant(ctx, id),
    archive: (id) => archiveTenant(ctx, id, { reason: 'they left', graceDays: 0 }),
    restore: (id) => restoreTenant(ctx, id),
    delete: async (id) => deleteTenant(ctx, id, { confirmation: (await getTenant(ctx, id)).slug, reason: 'they left' }),
  };

  /** A store in that state and no other, as if it had come there. */
  const inState = async (status: TenantStatus): Promise<Tenant> => {
    const { id } = await aLiveTenant(ctx);
    const archived = { archived_at: new Date(), archived_from: 'live', delete_after: new Date() };
    await ctx
      .db('platform.tenants')
      .where({ id })
      .update({ status, ...(status === 'archived' && archived) });
    return getTenant(ctx, id);
  };

  for (const status of TENANT_STATUSES)
    it(`allow exactly the listed actions to one that is ${status}`, async () => {
      for (const action of TENANT_ACTIONS) {
        const { id } = await inState(status);
        const outcome = await ACTIONS[action](id).then(
          () => 'done',
          (error: unknown) => (error instanceof AppError && error.status === 409 ? 'refused' : error),
        );
        assert.equal(outcome, allowedActions(status).includes(action) ? 'done' : 'refused', action);
      }
    });

  it('have words for each refusal, and its code says the state or the reason', async () => {
    const { id } = await inState('suspended');
    await assert.rejects(ACTIONS.rename(id), { code: 'tenant_suspended', message: /resume it before/ });
    await assert.rejects(ACTIONS.delete(id), { code: 'tenant_not_archived', message: /archive it before/ });
    await assert.rejects(ACTIONS.suspend(id), { code: 'tenant_already_suspended' });
    await assert.rejects(ACTIONS.edit((await inState('deleted')).id), { code: 'tenant_deleted' });
  });

  /** What a job makes of the last request, as its steps do it. */
  const SETTLED: Record<string, (tenant: Tenant, jobId: string) => Promise<unknown>> = {
    'tenant.resume': ({ id }) => markLive(ctx, id),
    'tenant.restore': ({ id }) => markRestored(ctx, id),
    'tenant.rename': async ({ id, slug: from }, jobId) => {
      const to = String((await payloadOf(ctx, jobId)).to);
      await switchName(ctx, { tenantId: id, from, to }, 90);
      await finishRename(ctx, { tenantId: id, from, to });
    },
    'tenant.archive': ({ id }) => ensureArchived(ctx, { tenantId: id, reason: 'they left', graceDays: 0 }),
  };
  const GIVEN_UP: Record<string, (tenant: Tenant) => Promise<unknown>> = {
    'tenant.rename': ({ id, slug }) => giveUpRename(ctx, { tenantId: id, from: slug, to: '' }, 'a test'),
    'tenant.archive': ({ id }) => undoArchiving(ctx, id, { from: 'live' }, 'a test'),
  };

  /** Lets every unfinished job of the store end, one way or the other. */
  const settle = async (id: string, ends: 'well' | 'badly') => {
    const busy = await ctx.db('platform.jobs').where({ tenant_id: id, status: 'queued' }).orderBy('id');
    for (const { id: jobId, kind } of busy as { id: string; kind: string }[]) {
      const tenant = await getTenant(ctx, id);
      if (ends === 'well') await SETTLED[kind]?.(tenant, jobId);
      else await GIVEN_UP[kind]?.(tenant);
      await endJob(ctx, jobId, ends === 'well' ? 'succeeded' : 'failed');
    }
  };

  it('only ever follow one another as they may, whatever is asked for and however its job ends', async function () {
    this.timeout(60_000);
    const step = fc.record({
      action: fc.constantFrom(...TENANT_ACTIONS),
      ends: fc.constantFrom('well' as const, 'badly' as const),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 8 }), async (steps) => {
        const { id } = await aLiveTenant(ctx);
        let seen: TenantStatus = 'live';
        const look = async () => {
          const { status, slug, deleteAfter } = await getTenant(ctx, id);
          assert.ok(status === seen || NEXT[seen].includes(status), `${seen} → ${status}`);
          assert.equal(deleteAfter !== undefined, status === 'archived');
          const primary = await ctx.db('platform.slugs').where({ tenant_id: id, kind: 'primary' }).pluck('slug');
          assert.deepEqual(primary, [slug]);
          const incoming = await ctx.db('platform.slugs').where({ tenant_id: id, kind: 'incoming' });
          assert.equal(incoming.length, status === 'renaming' ? 1 : 0);
          seen = status;
        };
        for (const { action, ends } of steps) {
          const isAllowed = allowedActions(seen).includes(action);
          const outcome = await ACTIONS[action](id).then(
            () => 'done',
            (error: unknown) => {
              if (error instanceof AppError && error.status === 409) return 'refused';
              throw error;
            },
          );
          assert.equal(outcome, isAllowed ? 'done' : 'refused', `${action} of one that is ${seen}`);
          await look();
          await settle(id, ends);
          await look();
        }
      }),
      { numRuns: 25 },
    );
  });
});
