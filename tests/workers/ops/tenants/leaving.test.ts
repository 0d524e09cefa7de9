import assert from 'node:assert/strict';
import { readdir, rm, writeFile } from 'node:fs/promises';
import { listOpenAlerts } from '#tests/support/untended-streams.ts';
import { countSignedIn, inviteUser } from '#domain/construction/users/index.ts';
import { retryJob } from '#domain/jobs/index.ts';
import {
  archiveTenant,
  deleteTenant,
  getTenant,
  listRemains,
  measureTenant,
  restoreTenant,
  suspendTenant,
} from '#domain/tenants/index.ts';
import type { Running } from '#platform/process.ts';
import { JOB_HANDLERS } from '#workers/ops/registry.ts';
import type { JobHandler } from '#workers/ops/job-handler.ts';
import { openConsoleDatabase, type ConsoleDatabase } from '#tests/support/console-database.ts';
import { startTestEdge, type TestEdge } from '#tests/support/edge.ts';
import { eventually } from '#tests/support/eventually.ts';
import { fillEveryTable } from '#tests/support/full-store.ts';
import {
  archivesDirOf,
  askEdge,
  enrolEdge,
  finished,
  jobIn,
  newStore,
  startTestOpsWorker,
  statusesOf,
} from '#tests/support/ops.ts';
import { tablesThatSay } from '#tests/support/leftovers.ts';
import { coded, freshSlug } from '#tests/support/tenants.ts';

describe('a store that leaves', function () {
  this.timeout(60_000);
  let console: ConsoleDatabase;
  let edge: TestEdge;
  let worker: Running;

  before(async () => {
    console = await openConsoleDatabase();
    edge = await startTestEdge();
    await enrolEdge(console.ctx, edge);
  });
  after(async () => {
    await edge?.stop();
    await console?.drop();
  });
  beforeEach(async () => {
    worker = await startTestOpsWorker({ url: console.url, edge });
  });
  afterEach(() => worker?.stop());

  const anotherWorker = async (handlers?: ReadonlyMap<string, JobHandler>) => {
    await worker.stop();
    worker = await startTestOpsWorker({ url: console.url, edge, ...(handlers && { handlers }) });
  };
  const done = (jobId: string) => jobIn(console.ctx, jobId, ['succeeded'], 30_000);
  const liveStore = async () => {
    const slug = freshSlug();
    const { tenant, jobId } = await newStore(console.ctx, slug);
    await done(jobId);
    return { id: tenant.id, slug };
  };
  const archived = async () => {
    const store = await liveStore();
    await fillEveryTable(console.superuserUrl, store.id);
    await done((await archiveTenant(console.ctx, store.id, { reason: 'they left', graceDays: 0 })).jobId);
    return store;
  };
  const served = async (slug: string, path = '/tenant.json') => (await askEdge(edge, slug, path)).status;
  const statusOf = async (id: string) => (await getTenant(console.ctx, id)).status;
  const erase = (id: string, slug: string) =>
    deleteTenant(console.ctx, id, { confirmation: slug, reason: 'they asked' });
  const copies = (): Promise<string[]> => readdir(archivesDirOf(edge)).catch(() => []);

  it('is on no edge once it is archived, its people are out, and everything it has is kept', async () => {
    const { id, slug } = await liveStore();
    const { user } = await inviteUser(console.ctx, id, { name: 'Bia', email: 'bia@loja.example', role: 'admin' });
    await signedIn(id, user.id);
    const before = await measureTenant(console.ctx, id);

    const job = await done((await archiveTenant(console.ctx, id, { reason: 'they left' })).jobId);

    assert.deepEqual(statusesOf(job), ['done', 'done', 'done']);
    assert.deepEqual([await statusOf(id), await served(slug)], ['archived', 404]);
    assert.equal(await countSignedIn(console.ctx, id), 0);
    assert.equal((await readdir(edge.tenantsDir)).includes(`${slug}.json`), false);
    const own = (table: string) => /^(construction|engines|events)\./.test(table);
    const rowsOf = async () =>
      (await measureTenant(console.ctx, id)).filter(({ table }) => own(table)).map(({ rows }) => rows);
    assert.deepEqual(
      await rowsOf(),
      before.filter(({ table }) => own(table)).map(({ rows }) => rows),
    );
  });

  const signedIn = (tenantId: string, userId: string) =>
    console.asSuperuser(
      `insert into construction.sessions (tenant_id, id, user_id, issued_at, expires_at, last_seen_at)
       values ($1, gen_random_uuid(), $2, now(), now() + interval '1 day', now())`,
      [tenantId, userId],
    );

  it('comes back from its grace as it was, row by row, live or suspended', async () => {
    const live = await archived();
    const closed = await liveStore();
    await done((await suspendTenant(console.ctx, closed.id, { reason: 'unpaid' })).jobId);
    await done((await archiveTenant(console.ctx, closed.id, { reason: 'they left' })).jobId);
    const before = await storeRows(live.id);

    await done((await restoreTenant(console.ctx, live.id)).jobId);
    await done((await restoreTenant(console.ctx, closed.id)).jobId);

    assert.deepEqual([await statusOf(live.id), await served(live.slug)], ['live', 200]);
    assert.deepEqual([await statusOf(closed.id), await served(closed.slug, '/')], ['suspended', 503]);
    assert.deepEqual(await storeRows(live.id), before);
    const { deleteAfter, archivedAt, archivedFrom } = await getTenant(console.ctx, live.id);
    assert.deepEqual([deleteAfter, archivedAt, archivedFrom], [undefined, undefined, undefined]);
  });

  const storeRows = async (id: string) =>
    (await measureTenant(console.ctx, id)).filter(({ table }) => !table.startsWith('platform.'));

  it('stays what it was when the edges cannot be told: archiving and restoring are undone', async () => {
    const { id, slug } = await liveStore();
    await edge.stopSshd();
    const archiving = await finished(
      console.ctx,
      (await archiveTenant(console.ctx, id, { reason: 'they left' })).jobId,
      30_000,
    );
    assert.equal(archiving.status, 'failed');
    assert.deepEqual([await statusOf(id), await served(slug)], ['live', 200]);
    await edge.startSshd();
    await anotherWorker();
    await retryJob(console.ctx, archiving.id);
    await done(archiving.id);
    const { deleteAfter } = await getTenant(console.ctx, id);

    await edge.stopNginx();
    const restoring = await finished(console.ctx, (await restoreTenant(console.ctx, id)).jobId, 30_000);
    await edge.startNginx();

    assert.equal(restoring.status, 'failed');
    assert.deepEqual([await statusOf(id), await served(slug)], ['archived', 404]);
    assert.deepEqual((await getTenant(console.ctx, id)).deleteAfter, deleteAfter);
  });

  it('leaves no row of it when it is deleted, its name is nobody’s, and its copy is proven', async () => {
    const { id, slug } = await archived();

    const job = await done((await erase(id, slug)).jobId);

    assert.deepEqual([await statusOf(id), await served(slug)], ['deleted', 404]);
    assert.deepEqual(await listRemains(console.ctx, id), []);
    assert.deepEqual(Object.keys(await tablesThatSay(console.superuserUrl, [id, `Loja ${slug}`])), [
      'platform.audit_log',
      'platform.jobs',
      'platform.slugs',
      // Of the record: how many people there are, and when the last of them was there.
      'platform.tenant_figures',
      'platform.tenants',
    ]);
    assert.ok((await copies()).includes(`${slug}-${job.id}.jsonl.gz`));
    await assert.rejects(newStore(console.ctx, slug), coded('slug_taken'));
    assert.equal(job.tenantId, undefined);
  });

  it('waits until its last events are settled before anything of it is copied', async () => {
    const { id, slug } = await archived();
    await console.asSuperuser(
      `insert into events.pending (tenant_id, event_id, seq, type, created_at)
       select tenant_id, event_id, seq, type, created_at from events.outbox where tenant_id = $1`,
      [id],
    );

    const { jobId } = await erase(id, slug);
    const waiting = await eventually(async () => {
      const job = await jobIn(console.ctx, jobId, ['queued', 'running']);
      return job.steps[0]!.status === 'done' && job.attempts > 1 ? job : undefined;
    });
    await console.asSuperuser('delete from events.pending where tenant_id = $1', [id]);

    assert.equal(waiting.steps[2]!.status, 'pending');
    await done(jobId);
    assert.equal(await statusOf(id), 'deleted');
  });

  it('keeps everything, and no copy, when the copy cannot be proven', async () => {
    const { id, slug } = await archived();
    const handler = JOB_HANDLERS.get('tenant.delete')!;
    const spoiling = handler.steps.map((step) =>
      step.name !== 'export_data'
        ? step
        : {
            ...step,
            async do(...args: Parameters<typeof step.do>) {
              const told = await step.do(...args);
              for (const name of await copies())
                if (name.startsWith(slug)) await writeFile(`${archivesDirOf(edge)}/${name}`, 'not a copy');
              return told;
            },
          },
    );
    await anotherWorker(new Map([...JOB_HANDLERS, ['tenant.delete', { ...handler, steps: spoiling }]]));
    const before = await storeRows(id);

    const job = await finished(console.ctx, (await erase(id, slug)).jobId, 30_000);

    assert.deepEqual([job.status, job.errorCode], ['failed', 'export_damaged']);
    assert.equal(await statusOf(id), 'archived');
    assert.deepEqual(await storeRows(id), before);
    assert.deepEqual(
      (await copies()).filter((name) => name.startsWith(slug)),
      [],
    );
    await anotherWorker();
    await retryJob(console.ctx, job.id);
    await done(job.id);
    assert.equal(await statusOf(id), 'deleted');
  });

  it('says that the disk has no place for the copy, and keeps everything', async () => {
    const { id, slug } = await archived();
    await rm(archivesDirOf(edge), { recursive: true, force: true });
    await writeFile(archivesDirOf(edge), '');

    const job = await finished(console.ctx, (await erase(id, slug)).jobId, 30_000);
    await rm(archivesDirOf(edge));

    assert.deepEqual([job.status, job.errorCode], ['failed', 'export_not_written']);
    assert.equal(await statusOf(id), 'archived');
  });

  it('can only go forward once its rows are being erased: what is left is named, and the job is retried', async () => {
    const { id, slug } = await archived();
    await console.asSuperuser(`
      create function public.no() returns trigger language plpgsql as $$ begin raise exception 'no'; end $$`);
    await console.asSuperuser(
      'create trigger stuck before delete on construction.users for each row execute function public.no()',
    );

    const job = await finished(console.ctx, (await erase(id, slug)).jobId, 30_000);
    const alerts = await listOpenAlerts(console.ctx);
    await console.asSuperuser('drop trigger stuck on construction.users');

    assert.equal(job.status, 'failed');
    assert.match(job.errorMessage ?? '', /rows of it are left: .*construction\.users.*Retry the job/);
    assert.equal(await statusOf(id), 'deleted');
    assert.equal((await copies()).filter((name) => name.startsWith(slug)).length, 1, 'the copy stands');
    assert.equal(alerts.length, 1);
    await retryJob(console.ctx, job.id);
    await done(job.id);
    assert.deepEqual(await listRemains(console.ctx, id), []);
    assert.deepEqual(await listOpenAlerts(console.ctx), []);
  });
});
