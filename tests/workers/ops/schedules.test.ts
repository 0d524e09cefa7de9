import assert from 'node:assert/strict';
import { listReloads } from '#domain/edge/index.ts';
import { createSchedule, listRuns, runScheduleNow } from '#domain/schedules/index.ts';
import { eventually } from '#tests/support/eventually.ts';
import { openFaultLab, type FaultLab } from '#tests/support/fault-lab.ts';
import { startProber } from '#tests/support/prober.ts';

describe('a scheduled reload', function () {
  this.timeout(60_000);
  let lab: FaultLab;
  before(async () => {
    lab = await openFaultLab();
    assert.equal((await lab.finished(await lab.publishAll())).status, 'succeeded');
  });
  after(() => lab?.close());

  const make = (name: string) =>
    createSchedule(lab.ctx, {
      name,
      work: 'reload_edges',
      cron: '0 0 1 1 *',
      timezone: 'UTC',
      whenMissed: 'skip',
    });
  const reloads = async () => {
    const [dropletId] = await lab.ctx.db('platform.droplets').pluck<string[]>('id');
    return listReloads(lab.ctx, { dropletId: dropletId!, limit: 50 });
  };

  it('is done by the worker when it is due, probed, and missed by no visitor', async () => {
    const { id } = await make('yearly');
    const before = (await reloads()).length;
    const prober = startProber(lab.edge.url, { slugs: lab.slugs });

    await lab.ctx.db('platform.schedules').where({ id }).update({ next_due_at: new Date() });
    const run = await eventually(
      async () => (await listRuns(lab.ctx, id, { limit: 1 })).find(({ job: one }) => one?.status === 'succeeded'),
      { timeoutMs: 30_000 },
    );

    assert.equal(run.outcome, 'started');
    const job = await lab.finished(run.job!.id);
    assert.deepEqual(
      job.steps.map(({ name, output }) => [name, output?.[0]?.key]),
      [
        ['reload_nginx', 'edge_reloaded'],
        ['probe_edge', 'edge_serves'],
      ],
    );
    const [latest, ...others] = await reloads();
    assert.deepEqual([latest!.reason, others.length], ['schedule yearly', before]);
    const { misses, asked } = await prober.stop();
    assert.deepEqual(misses, []);
    assert.ok(asked >= lab.slugs.length);
  });

  it('says why it failed while nginx is down, and serves once it is tried again', async () => {
    const { id } = await make('when nginx is down');
    await lab.edge.stopNginx();
    const failed = await lab.finished(await runScheduleNow(lab.ctx, id));
    await lab.edge.startNginx();

    assert.deepEqual([failed.status, failed.errorCode], ['failed', 'edges_failed']);
    const [run] = await listRuns(lab.ctx, id, { limit: 1 });
    assert.match(run!.job!.error ?? '', /edge-1/);
    assert.equal((await lab.finished(await runScheduleNow(lab.ctx, id))).status, 'succeeded');
  });
});
