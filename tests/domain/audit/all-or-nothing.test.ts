import assert from 'node:assert/strict';
import pg from 'pg';
import { applyLines, confirmApplication, planApplication } from '#domain/applications/index.ts';
import { confirmBulkAction, planBulkAction } from '#domain/bulk-actions/index.ts';
import { enrolDroplet } from '#domain/droplets/index.ts';
import { requestCancel, retryJob } from '#domain/jobs/index.ts';
import {
  changePassword,
  changeRole,
  deactivateOperator,
  inviteOperator,
  resetOperator,
  signIn,
  signOut,
  updateProfile,
} from '#domain/operators/index.ts';
import {
  createTenant,
  createTenantRecords,
  markFailed,
  markLive,
  reserveSlug,
  resumeTenant,
  suspendTenant,
  updateTenant,
} from '#domain/tenants/index.ts';
import { createToken, revokeToken } from '#domain/tokens/index.ts';
import { createLoginThrottle } from '#platform/auth/throttle.ts';
import type { Context } from '#platform/context.ts';
import { COMMIT_REFUSED, createCommitFaults, type CommitFaults } from '#tests/support/commit-faults.ts';
import { openConsoleDatabase, type ConsoleDatabase } from '#tests/support/console-database.ts';

const AUDIT = 'platform.audit_log';
/** Whatever an operator or a job of theirs changes. Counters of tries at a password are kept on purpose. */
const CHANGED = [
  'platform.tenants',
  'platform.slugs',
  'platform.tenant_branding',
  'platform.tenant_settings',
  'platform.jobs',
  'platform.job_steps',
  'platform.bulk_plans',
  'platform.applications',
  'platform.application_lines',
  'platform.operators',
  'platform.sessions',
  'platform.api_tokens',
  'platform.droplets',
];
const HOST_KEY = `ssh-ed25519 ${'A'.repeat(68)}`;

describe('a change of the console and its audit row', () => {
  let console: ConsoleDatabase;
  let ctx: Context;
  let superuser: pg.Client;
  let faults: CommitFaults;
  let made = 0;

  before(async () => {
    console = await openConsoleDatabase();
    ctx = console.ctx;
    superuser = new pg.Client({ connectionString: console.superuserUrl });
    await superuser.connect();
    const query = async (sql: string, values: unknown[] = []) => (await superuser.query(sql, values)).rows as never;
    faults = await createCommitFaults(query, [AUDIT, ...CHANGED]);
  });
  after(async () => {
    await superuser.end();
    await console.drop();
  });

  const create = (slug = `shop-${++made}`) =>
    createTenant(ctx, { slug, name: 'Acme', admin: { name: 'Ana', email: 'ana@acme.test' } });
  async function createLive() {
    const { tenant } = await create();
    await createTenantRecords(ctx, tenant.id, { branding: {}, settings: {} });
    return markLive(ctx, tenant.id);
  }
  async function createSuspended() {
    const { slug } = await createLive();
    return (await suspendTenant(ctx, slug, { reason: 'unpaid' })).tenant;
  }
  const planNew = () => {
    const content = `[{slug: shop-${++made}, name: Acme, admin: {name: Ana, email: ana@acme.test}}]`;
    return planApplication(ctx, { format: 'yaml', content });
  };
  const invite = () => inviteOperator(ctx, { email: `op-${++made}@example.com`, name: 'Sam', role: 'viewer' });
  async function sessionOf(operatorId: string) {
    const sid = `sid-${++made}`;
    const sess = JSON.stringify({ passport: { user: operatorId } });
    await ctx.db('platform.sessions').insert({ sid, sess, expire: new Date(Date.now() + 3_600_000) });
    return sid;
  }

  /** Each prepares what its change needs, and gives the change. */
  const changes: Record<string, () => Promise<() => Promise<unknown>>> = {
    'creating a store': async () => () => create('all-or-nothing'),
    'editing a store': async () => {
      const { slug } = await createLive();
      const wanted = { name: 'Other', branding: { primaryColor: '#123456' }, settings: { salesSeeAll: true } };
      return () => updateTenant(ctx, slug, { changes: wanted });
    },
    'suspending a store': async () => {
      const { slug } = await createLive();
      return () => suspendTenant(ctx, slug, { reason: 'unpaid' });
    },
    'resuming a store': async () => {
      const { slug } = await createSuspended();
      return () => resumeTenant(ctx, slug);
    },
    'suspending many stores': async () => {
      const selection = { tenantIds: [(await createLive()).id, (await createLive()).id] };
      const planId = await planBulkAction(ctx, { action: 'suspend', selection });
      return () => confirmBulkAction(ctx, planId, { reason: 'unpaid' });
    },
    'resuming many stores': async () => {
      const selection = { tenantIds: [(await createSuspended()).id, (await createSuspended()).id] };
      const planId = await planBulkAction(ctx, { action: 'resume', selection });
      return () => confirmBulkAction(ctx, planId, { reason: 'paid' });
    },
    'confirming a file of stores': async () => {
      const id = await planNew();
      return () => confirmApplication(ctx, id);
    },
    'making a store of a file': async () => {
      const id = await planNew();
      await confirmApplication(ctx, id);
      const { signal } = new AbortController();
      return () => applyLines(ctx, id, { signal, progress: async () => undefined });
    },
    'taking a store live': async () => {
      const { id } = await createSuspended();
      return () => markLive(ctx, id);
    },
    'giving a store up': async () => {
      const { tenant } = await create();
      return () => markFailed(ctx, tenant.id, 'the edge did not answer');
    },
    'trying a store again': async () => {
      const { tenant } = await create();
      await markFailed(ctx, tenant.id, 'the edge did not answer');
      return () => reserveSlug(ctx, tenant.id);
    },
    'cancelling a job': async () => {
      const { jobId } = await create();
      return () => requestCancel(ctx, jobId);
    },
    'retrying a job': async () => {
      const { jobId } = await create();
      await ctx.db('platform.jobs').where({ id: jobId }).update({ status: 'failed' });
      return () => retryJob(ctx, jobId);
    },
    'inviting an operator': async () => invite,
    'changing a role': async () => {
      const { operator } = await invite();
      return () => changeRole(ctx, operator.id, 'operator');
    },
    'deactivating an operator': async () => {
      const { operator } = await invite();
      await sessionOf(operator.id);
      return () => deactivateOperator(ctx, operator.id);
    },
    'resetting an operator': async () => {
      const { operator } = await invite();
      await sessionOf(operator.id);
      return () => resetOperator(ctx, operator.id);
    },
    'choosing a password': async () => {
      const { operator, password: current } = await invite();
      await sessionOf(operator.id);
      const throttle = createLoginThrottle(console.database.pool, 'console');
      const wanted = { operator, current, password: 'a sentence of my own', keepSid: 'none' };
      return () => changePassword(ctx, throttle, wanted);
    },
    'renaming oneself': async () => {
      const { operator } = await invite();
      return () => updateProfile(ctx, operator.id, { name: 'Samuel' });
    },
    'signing in': async () => {
      const { operator, password } = await invite();
      return () => signIn(ctx, { email: operator.email, password });
    },
    'signing out': async () => {
      const { operator } = await invite();
      const sid = await sessionOf(operator.id);
      return () => signOut(ctx, operator, sid);
    },
    'making a token': async () => () => createToken(ctx, { name: `token-${++made}`, role: 'viewer' }),
    'revoking a token': async () => {
      const name = `token-${++made}`;
      await createToken(ctx, { name, role: 'viewer' });
      return () => revokeToken(ctx, name);
    },
    'enrolling a machine': async () => {
      const place = { host: '10.0.0.1', port: 22, username: 'agent', keyName: 'edge', hostKey: HOST_KEY };
      return () => enrolDroplet(ctx, { name: `vertical-${++made}`, role: 'vertical', ...place });
    },
  };

  async function refuses(tables: readonly string[], change: () => Promise<unknown>) {
    const before = await faults.snapshot();
    await faults.during(tables, () => assert.rejects(change(), COMMIT_REFUSED));
    assert.deepEqual(await faults.snapshot(), before);
  }

  for (const [what, prepare] of Object.entries(changes)) {
    it(`${what} does not happen without its audit row`, async () => {
      await refuses([AUDIT], await prepare());
    });

    it(`${what} leaves no audit row when it did not happen`, async () => {
      await refuses(CHANGED, await prepare());
    });
  }
});
