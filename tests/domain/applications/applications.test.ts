import assert from 'node:assert/strict';
import {
  applyLines,
  confirmApplication,
  getApplication,
  listLines,
  planApplication,
  type FileFormat,
} from '#domain/applications/index.ts';
import { getJob } from '#domain/jobs/index.ts';
import { createTenantRecords, getBrandingAndSettings, getTenant, markLive } from '#domain/tenants/index.ts';
import { suspendTenant, updateTenant } from '#domain/tenants/index.ts';
import { openConsoleDatabase, type ConsoleDatabase } from '#tests/support/console-database.ts';
import { newStore, payloadOf } from '#tests/support/ops.ts';

const HEAD = 'slug,name,admin_name,admin_email,plan,primary_color,quote_validity_days';
const untilDone = { signal: new AbortController().signal, progress: async () => undefined };

describe('the application of a file of stores', function () {
  this.timeout(40_000);
  let console: ConsoleDatabase;

  before(async () => {
    console = await openConsoleDatabase();
  });
  after(() => console?.drop());

  const plan = (format: FileFormat, content: string) => planApplication(console.ctx, { format, content });
  const csv = (...rows: string[]) => plan('csv', [HEAD, ...rows].join('\n'));
  const linesOf = (id: string) => listLines(console.ctx, id, { which: 'all', limit: 100 });
  const told = async (id: string) => (await linesOf(id)).map(({ slug, action, state }) => [slug, action, state]);
  const faultsOf = async (id: string) =>
    (await linesOf(id)).map(({ slug, faults }) => [slug, ...faults.map(({ field, code }) => `${field}:${code}`)]);
  const apply = async (id: string) => {
    await confirmApplication(console.ctx, id);
    await applyLines(console.ctx, id, untilDone);
  };
  /** Live as if its job had run, with the branding and settings that it was asked for. */
  const goLive = async (slug: string) => {
    const { id } = await getTenant(console.ctx, slug);
    const job = await console.ctx
      .db<{ id: string; tenant_id: string; kind: string }>('platform.jobs')
      .where({ tenant_id: id, kind: 'tenant.provision' })
      .first();
    const { branding, settings } = (await payloadOf(console.ctx, job!.id)) as { branding: object; settings: object };
    await createTenantRecords(console.ctx, id, { branding, settings });
    await markLive(console.ctx, id);
  };
  const live = async (slug: string) => {
    await newStore(console.ctx, slug);
    await goLive(slug);
  };
  const auditOf = (label: string) =>
    console.ctx.db('platform.audit_log').where({ subject_label: label }).orderBy('id').pluck<string[]>('action');

  it('says of each line what it would do, field by field, and does nothing', async () => {
    await live('velha');
    await live('igual');

    const id = await csv(
      'nova,Nova,Ana,ana@nova.test,,#112233,',
      'velha,Velha Nova,,outra@velha.test,,#445566,30',
      'igual,Loja igual,,,,,7',
      'ruim,Ruim,Ana,ana,,,',
    );

    const [nova, velha, igual, ruim] = await linesOf(id);
    assert.deepEqual([nova!.action, nova!.line, nova!.tenantId], ['create', 2, undefined]);
    assert.deepEqual(velha!.changes, [
      { field: 'name', before: 'Loja velha', after: 'Velha Nova' },
      { field: 'primary_color', before: '#1a73e8', after: '#445566' },
      { field: 'quote_validity_days', before: 7, after: 30 },
    ]);
    assert.deepEqual(
      [velha!.action, velha!.adminKept, igual!.action, igual!.adminKept],
      ['update', true, 'unchanged', false],
    );
    assert.deepEqual([ruim!.action, ruim!.faults[0]!.field], ['refused', 'admin_email']);
    const { counts, confirmedAt } = await getApplication(console.ctx, id);
    assert.deepEqual([counts, confirmedAt], [{ create: 1, update: 1, unchanged: 1, refused: 1 }, undefined]);
    await assert.rejects(getTenant(console.ctx, 'nova'), { code: 'tenant_not_found' });
    assert.equal((await getTenant(console.ctx, 'velha')).name, 'Loja velha');
  });

  it('refuses names that are not to be had, stores in no state to be changed, and what a new store lacks', async () => {
    for (const slug of ['apelido', 'quarentena', 'arquivada']) await live(slug);
    const hold = async (slug: string, kind: string) => {
      const { id } = await getTenant(console.ctx, slug);
      await console.asSuperuser(
        `insert into platform.slugs (slug, kind, tenant_id, reserved_at, free_after)
         values ('${slug}-x', '${kind}', '${id}', now(), '2100-01-01')`,
      );
    };
    await hold('apelido', 'alias');
    await hold('quarentena', 'quarantined');
    await console.ctx.db('platform.tenants').where({ slug: 'arquivada' }).update({ status: 'archived' });
    await newStore(console.ctx, 'nascendo');

    const id = await csv(
      'apelido-x,A,Ana,a@a.test,,,',
      'quarentena-x,A,Ana,a@a.test,,,',
      'arquivada,Loja arquivada,,,,,',
      'nascendo,Outro nome,,,,,',
      'admin,A,Ana,a@a.test,,,',
      'pelada,,,,,,',
      'rica,A,Ana,a@a.test,diamond,,',
    );

    assert.deepEqual(await faultsOf(id), [
      ['apelido-x', 'slug:slug_alias'],
      ['quarentena-x', 'slug:slug_quarantined'],
      ['arquivada', ':tenant_archived'],
      ['nascendo', ':tenant_provisioning'],
      ['admin', 'slug:reserved'],
      ['pelada', 'name:needed_for_new', 'admin_name:needed_for_new', 'admin_email:needed_for_new'],
      ['rica', 'plan:unknown_plan'],
    ]);
    await assert.rejects(confirmApplication(console.ctx, id), { code: 'application_empty' });
  });

  it('creates and updates through the use cases, once confirmed, and finds all of it unchanged afterwards', async () => {
    await live('antiga');
    const rows = ['loja-a,Loja A,Ana,ana@a.test,plus,#112233,21', 'antiga,Antiga e Filhos,,,,,'];
    const id = await csv(...rows, 'ruim,Ruim,Ana,ana,,,');

    const jobId = await confirmApplication(console.ctx, id, { reason: 'the new chain' });
    await applyLines(console.ctx, id, untilDone);

    const job = await getJob(console.ctx, jobId);
    assert.deepEqual([job.kind, job.subject], ['tenants.apply', '2 stores']);
    assert.deepEqual(await told(id), [
      ['loja-a', 'create', 'in_progress'],
      ['antiga', 'update', 'in_progress'],
      ['ruim', 'refused', 'done'],
    ]);
    const [line] = await linesOf(id);
    assert.equal((await getJob(console.ctx, line!.storeJobId!)).kind, 'tenant.provision');
    assert.equal((await getTenant(console.ctx, 'loja-a')).plan, 'plus');
    assert.deepEqual(await auditOf('loja-a'), ['tenant.created']);
    assert.deepEqual(await auditOf('2 stores'), ['application.confirmed']);
    await goLive('loja-a');
    const { settings, branding } = await getBrandingAndSettings(console.ctx, line!.tenantId!);
    assert.deepEqual([settings.quoteValidityDays, branding.primaryColor], [21, '#112233']);
    const again = await csv(...rows);
    assert.deepEqual((await getApplication(console.ctx, again)).counts, {
      create: 0,
      update: 0,
      unchanged: 2,
      refused: 0,
    });
    await assert.rejects(confirmApplication(console.ctx, id), {
      code: 'application_confirmed',
      members: { job_id: jobId },
    });
  });

  it('leaves alone, by name, what has changed since the plan', async () => {
    for (const slug of ['mexida', 'parada']) await live(slug);
    const id = await csv(
      'mexida,Mexida X,,,,,',
      'parada,Parada X,,,,,',
      'tomada,Tomada,Ana,a@a.test,,,',
      'livre,Livre,Ana,a@a.test,,,',
    );
    await updateTenant(console.ctx, 'mexida', { changes: { name: 'By hand' } });
    await suspendTenant(console.ctx, 'parada', { reason: 'unpaid' });
    await newStore(console.ctx, 'tomada');

    await apply(id);

    assert.deepEqual(await told(id), [
      ['mexida', 'update', 'changed'],
      ['parada', 'update', 'in_progress'],
      ['tomada', 'create', 'changed'],
      ['livre', 'create', 'in_progress'],
    ]);
    assert.equal((await getTenant(console.ctx, 'mexida')).name, 'By hand');
    assert.deepEqual(await auditOf('tomada'), ['tenant.created']);
  });

  it('marks a line that fails and goes on with the next', async () => {
    await live('cheia');
    const { id: tenantId } = await getTenant(console.ctx, 'cheia');
    await console.asSuperuser(`update platform.plans set max_users = 1 where code = 'standard'`);
    await console.ctx.db('platform.tenants').where({ id: tenantId }).update({ plan: 'plus' });
    await console.asSuperuser(
      `insert into construction.users (tenant_id, id, email, name, role, password_hash, created_at, updated_at)
       select '${tenantId}', gen_random_uuid(), n || '@a.test', 'A', 'admin', 'x', now(), now() from generate_series(1, 2) n`,
    );

    const id = await csv('cheia,,,,standard,,', 'depois,Depois,Ana,a@a.test,,,');
    await apply(id);

    const [full, next] = await linesOf(id);
    assert.deepEqual([full!.state, full!.errorCode], ['failed', 'plan_too_small']);
    assert.equal(next!.state, 'in_progress');
    assert.equal((await getTenant(console.ctx, 'cheia')).plan, 'plus');
  });

  it('stops between two lines when it is told to, and does the rest another time', async () => {
    const seen: [number, number][] = [];
    const other = await csv('tres-a,Tres,Ana,a@a.test,,,', 'quatro-a,Quatro,Ana,a@a.test,,,');
    await confirmApplication(console.ctx, other);
    const atOnce = new AbortController();
    const stopAfterOne = async (done: number, count: number) => {
      seen.push([done, count]);
      atOnce.abort(new Error('cancelled'));
    };
    await assert.rejects(
      applyLines(console.ctx, other, { signal: atOnce.signal, progress: stopAfterOne }),
      /cancelled/,
    );
    assert.deepEqual(
      (await told(other)).map(([, , state]) => state),
      ['in_progress', 'planned'],
    );

    await applyLines(console.ctx, other, {
      ...untilDone,
      progress: async (done, count) => void seen.push([done, count]),
    });
    assert.deepEqual(seen, [
      [0, 2],
      [1, 2],
    ]);
    assert.deepEqual(await auditOf('tres-a'), ['tenant.created']);
  });

  it('forgets after a week what nobody looks at any more', async () => {
    const id = await csv('esquecida,E,Ana,a@a.test,,,');
    await console.ctx
      .db('platform.applications')
      .where({ id })
      .update({ created_at: new Date(Date.now() - 8 * 86_400_000) });

    await csv('outra-x,E,Ana,a@a.test,,,');

    await assert.rejects(getApplication(console.ctx, id), { code: 'application_not_found' });
  });
});
