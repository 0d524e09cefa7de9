import assert from 'node:assert/strict';
import type { ChildProcess } from 'node:child_process';
import { readdir } from 'node:fs/promises';
import { listOpenAlerts } from '#tests/support/untended-streams.ts';
import { JOB_KINDS, requestCancel, type JobKind } from '#domain/jobs/index.ts';
import {
  archiveTenant,
  deleteTenant,
  getTenant,
  isSlugFree,
  listNames,
  listRemains,
  measureTenant,
  renameTenant,
  suspendTenant,
} from '#domain/tenants/index.ts';
import { openConsoleDatabase, type ConsoleDatabase } from '#tests/support/console-database.ts';
import { startTestEdge, type TestEdge } from '#tests/support/edge.ts';
import { fillEveryTable } from '#tests/support/full-store.ts';
import { archivesDirOf, askEdge, enrolEdge, finished, kill, newStore, spawnOps } from '#tests/support/ops.ts';
import { JOB_HANDLERS } from '#workers/ops/registry.ts';
import { openKillPoints, type KillPoint } from '../kill-points.ts';

type Case = {
  kind: JobKind;
  point: KillPoint;
  where: string;
  /** Cancelled at its last step, so that all of it is undone. */
  isBackward: boolean;
};

/**
 * Before the first step, after the work of each one while nobody knows yet that it is done, and at the end; and on the way
 * back, which begins at the step named.
 */
function casesOf(kind: JobKind, backFrom?: string): Case[] {
  const steps: readonly string[] = JOB_KINDS[kind].steps;
  const first = { point: { position: 1, status: 'running' }, where: `before ${steps[0]}` };
  const worked = steps.map((name, index) => ({
    point: { position: index + 1, status: 'done' },
    where: `after the work of ${name}`,
  }));
  const last = { point: { position: 0, status: 'succeeded' }, where: 'before the job is called done' };
  const cases = [first, ...worked, last].map((it) => ({ kind, isBackward: false, ...it }));
  if (backFrom === undefined) return cases;
  const backward = steps
    .slice(0, steps.indexOf(backFrom))
    .flatMap((name, index) =>
      JOB_HANDLERS.get(kind)!.steps[index]!.undo
        ? [{ point: { position: index + 1, status: 'undone' }, where: `after undoing ${name}` }]
        : [],
    );
  const turn = { point: { position: 0, status: 'undoing' }, where: 'before it turns round' };
  const end = { point: { position: 0, status: 'cancelled' }, where: 'before the job is called cancelled' };
  return [...cases, ...[turn, ...backward, end].map((it) => ({ kind, isBackward: true, ...it }))];
}

const CASES: Case[] = [
  ...casesOf('tenant.rename', 'finish_rename'),
  ...casesOf('tenant.suspend'),
  ...casesOf('tenant.archive', 'end_sessions'),
  ...casesOf('tenant.delete', 'mark_deleted'),
];

type Run = Case & { tenantId: string; slug: string; to: string; jobId: string };

describe('a store that is renamed, suspended, archived or deleted, the ops worker killed at any point', function () {
  this.timeout(300_000);
  let console: ConsoleDatabase;
  let edge: TestEdge;
  let survivor: ChildProcess | undefined;
  const runs: Run[] = [];

  before(async () => {
    console = await openConsoleDatabase();
    edge = await startTestEdge();
    await enrolEdge(console.ctx, edge);
    await makeStores();
    const points = await openKillPoints(console.superuserUrl);
    for (const run of runs) {
      run.jobId = await ask(run);
      if (run.isBackward) {
        await points.arm(run.jobId, atLastStep(run));
        await points.killThere(await spawnOps({ url: console.url, edge }));
        await requestCancel(console.ctx, run.jobId);
      }
      await points.arm(run.jobId, run.point);
      await points.killThere(await spawnOps({ url: console.url, edge }));
    }
    await points.close();
    survivor = await spawnOps({ url: console.url, edge });
  });

  after(async () => {
    if (survivor) await kill(survivor);
    await edge?.stop();
    await console?.drop();
  });

  /** All of them live, made by a worker that is let be. */
  const makeStores = async () => {
    for (const [index, one] of CASES.entries()) {
      const slug = `${one.kind.slice(7)}-${index}`;
      const { tenant, jobId } = await newStore(console.ctx, slug);
      runs.push({ ...one, tenantId: tenant.id, slug, to: `${slug}-nova`, jobId });
    }
    const worker = await spawnOps({ url: console.url, edge });
    for (const { jobId } of runs) assert.equal((await finished(console.ctx, jobId, 60_000)).status, 'succeeded');
    for (const run of runs.filter(({ kind }) => kind === 'tenant.delete')) {
      await fillEveryTable(console.superuserUrl, run.tenantId);
      const archived = await archiveTenant(console.ctx, run.tenantId, { reason: 'they left', graceDays: 0 });
      assert.equal((await finished(console.ctx, archived.jobId, 60_000)).status, 'succeeded');
    }
    await kill(worker);
  };

  const ask = async ({ kind, tenantId, slug, to }: Run): Promise<string> => {
    const { ctx } = console;
    const asked = {
      'tenant.rename': () => renameTenant(ctx, tenantId, { slug: to }),
      'tenant.suspend': () => suspendTenant(ctx, tenantId, { reason: 'unpaid' }),
      'tenant.archive': () => archiveTenant(ctx, tenantId, { reason: 'they left' }),
      'tenant.delete': () => deleteTenant(ctx, tenantId, { confirmation: slug, reason: 'they asked' }),
    }[kind as string]!;
    return (await asked()).jobId;
  };

  const atLastStep = ({ kind }: Run): KillPoint => {
    const steps: readonly string[] = JOB_KINDS[kind].steps;
    const turns = {
      'tenant.rename': 'finish_rename',
      'tenant.archive': 'end_sessions',
      'tenant.delete': 'mark_deleted',
    };
    return { position: steps.indexOf(turns[kind as keyof typeof turns]) + 1, status: 'running' };
  };

  const served = async (slug: string) => (await askEdge(edge, slug, '/tenant.json')).status;
  const onDisk = async (slug: string) => (await readdir(edge.tenantsDir)).includes(`${slug}.json`);
  const statusOf = async ({ tenantId }: Run) => (await getTenant(console.ctx, tenantId)).status;

  const ENDS: Record<string, { forward: (run: Run) => Promise<void>; backward?: (run: Run) => Promise<void> }> = {
    'tenant.rename': {
      async forward(run) {
        assert.deepEqual([await statusOf(run), await served(run.slug), await served(run.to)], ['live', 308, 200]);
        assert.equal((await getTenant(console.ctx, run.tenantId)).slug, run.to);
        assert.equal(await onDisk(run.slug), false);
      },
      async backward(run) {
        assert.deepEqual([await statusOf(run), await served(run.slug), await served(run.to)], ['live', 200, 404]);
        assert.equal(await onDisk(run.to), false);
        assert.deepEqual(await listNames(console.ctx, run.tenantId), []);
        assert.equal(await isSlugFree(console.ctx, run.to), true);
      },
    },
    'tenant.suspend': {
      async forward(run) {
        assert.deepEqual([await statusOf(run), (await askEdge(edge, run.slug, '/')).status], ['suspended', 503]);
      },
    },
    'tenant.archive': {
      async forward(run) {
        assert.deepEqual([await statusOf(run), await served(run.slug)], ['archived', 404]);
        assert.equal(await onDisk(run.slug), false);
      },
      async backward(run) {
        assert.deepEqual([await statusOf(run), await served(run.slug)], ['live', 200]);
      },
    },
    'tenant.delete': {
      async forward(run) {
        assert.equal(await statusOf(run), 'deleted');
        assert.deepEqual(await listRemains(console.ctx, run.tenantId), []);
        assert.equal(await copiesOf(run), 1);
      },
      async backward(run) {
        assert.equal(await statusOf(run), 'archived');
        const empty = (await measureTenant(console.ctx, run.tenantId)).filter(({ rows }) => rows === 0);
        const tables = empty.map(({ table }) => table);
        assert.deepEqual(tables, ['events.pending'], 'all its rows are there, and all its events settled');
        assert.equal(await copiesOf(run), 0);
      },
    },
  };
  const copiesOf = async ({ slug, jobId }: Run) => {
    const names = await readdir(archivesDirOf(edge));
    return names.filter((name) => name.startsWith(`${slug}-${jobId}`)).length;
  };

  for (const [index, { kind, where, isBackward }] of CASES.entries())
    it(`ends ${isBackward ? 'as if never asked' : 'as asked'}: ${kind}, killed ${where}`, async () => {
      const run = runs[index]!;

      const job = await finished(console.ctx, run.jobId, 60_000);

      assert.equal(job.status, isBackward ? 'cancelled' : 'succeeded', job.errorMessage);
      assert.ok(job.attempts >= 2, 'it was resumed');
      await ENDS[kind]![isBackward ? 'backward' : 'forward']!(run);
    });

  it('leaves nothing behind that a person must look at', async () => {
    assert.deepEqual(await listOpenAlerts(console.ctx), []);
  });
});
