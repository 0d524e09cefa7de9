import assert from 'node:assert/strict';
import { confirmApplication, getApplication, listLines, planApplication } from '#domain/applications/index.ts';
import { issueFirstPasswords } from '#domain/applications/index.ts';
import { listUsers } from '#domain/construction/users/index.ts';
import { requestCancel, retryJob } from '#domain/jobs/index.ts';
import { getTenant } from '#domain/tenants/index.ts';
import { openConsoleDatabase, type ConsoleDatabase } from '#tests/support/console-database.ts';
import { startTestEdge, type TestEdge } from '#tests/support/edge.ts';
import { eventually } from '#tests/support/eventually.ts';
import { askEdge, enrolEdge, finished, kill, spawnOps } from '#tests/support/ops.ts';
import { openLineGate, type LineGate } from './line-gate.ts';

const rowsOf = (prefix: string, count: number) =>
  Array.from(
    { length: count },
    (_, index) => `${prefix}-${index},Loja ${prefix} ${index},Ana,ana@${prefix}${index}.test`,
  );

describe('the job that applies a file of stores', function () {
  this.timeout(180_000);
  let console: ConsoleDatabase;
  let edge: TestEdge;
  let gate: LineGate;

  before(async () => {
    console = await openConsoleDatabase();
    edge = await startTestEdge();
    await enrolEdge(console.ctx, edge);
    gate = await openLineGate(console.superuserUrl);
  });
  after(async () => {
    await gate?.close();
    await edge?.stop();
    await console?.drop();
  });

  const apply = async (rows: string[]) => {
    const content = ['slug,name,admin_name,admin_email', ...rows].join('\n');
    const id = await planApplication(console.ctx, { format: 'csv', content });
    return { id, jobId: await confirmApplication(console.ctx, id) };
  };
  const worker = () => spawnOps({ url: console.url, edge });
  const outcomesOf = async (id: string) =>
    (await listLines(console.ctx, id, { which: 'all', limit: 100 })).map(({ state }) => state);
  /** A worker hears of a cancellation when it renews its lease, twice to be sure that it has taken it in. */
  const toldToItsWorker = async (jobId: string) => {
    const leaseOf = async () =>
      (await console.ctx.db<{ id: string; lease_until: Date }>('platform.jobs').where({ id: jobId }).first())!
        .lease_until;
    for (let renewals = 0; renewals < 2; renewals += 1) {
      const before = await leaseOf();
      await eventually(async () => (await leaseOf()) > before, { timeoutMs: 10_000 });
    }
  };
  const issued = async (id: string) => {
    const passwords: { slug: string; email: string; password: string }[] = [];
    for await (const one of issueFirstPasswords(console.ctx, id)) passwords.push(one);
    return passwords;
  };
  const timesCreated = async (prefix: string) =>
    console.ctx
      .db('platform.audit_log')
      .where({ action: 'tenant.created' })
      .whereLike('subject_label', `${prefix}-%`)
      .pluck<string[]>('subject_label');

  it('makes every store exactly once, killed in the middle of any line, and all of them go live', async () => {
    const { id, jobId } = await apply(rowsOf('morta', 4));

    for (const position of [1, 2, 4]) {
      await gate.arm(position);
      await gate.killThere(await worker());
    }
    const survivor = await worker();
    try {
      const job = await finished(console.ctx, jobId, 60_000);

      assert.equal(job.status, 'succeeded', job.errorMessage);
      assert.ok(job.attempts >= 4, 'it was resumed');
      assert.deepEqual(job.steps[0]!.output, [{ key: 'lines_done', values: { created: 4, updated: 0, left: 0 } }]);
      await eventually(async () => (await getApplication(console.ctx, id)).states.done === 4, { timeoutMs: 60_000 });
      assert.deepEqual((await timesCreated('morta')).toSorted(), ['morta-0', 'morta-1', 'morta-2', 'morta-3']);
      for (const slug of ['morta-0', 'morta-3'])
        assert.equal((await askEdge(edge, slug, '/tenant.json')).status, 200, slug);

      const again = await planApplication(console.ctx, {
        format: 'csv',
        content: ['slug,name,admin_name,admin_email', ...rowsOf('morta', 4)].join('\n'),
      });
      assert.equal((await getApplication(console.ctx, again)).counts.unchanged, 4);
    } finally {
      await kill(survivor);
    }
  });

  it('stops between two lines when it is cancelled, keeps what it made, and does the rest when it is retried', async () => {
    const { id, jobId } = await apply(rowsOf('cancelada', 3));
    await gate.arm(2);
    const hanging = await worker();
    try {
      await gate.reached();
      await requestCancel(console.ctx, jobId);
      await toldToItsWorker(jobId);
      await gate.letGo();

      assert.equal((await finished(console.ctx, jobId, 30_000)).status, 'cancelled');
      const stopped = await outcomesOf(id);
      assert.notEqual(stopped[0], 'planned');
      assert.equal(stopped[2], 'planned');

      await retryJob(console.ctx, jobId);
      assert.equal((await finished(console.ctx, jobId, 30_000)).status, 'succeeded');
      await eventually(async () => (await getApplication(console.ctx, id)).states.done === 3, { timeoutMs: 60_000 });
      assert.equal((await timesCreated('cancelada')).length, 3);
    } finally {
      await kill(hanging);
    }
  });

  it('is followed by first passwords for whoever has not signed in, as often as they are asked for', async () => {
    const { id, jobId } = await apply(rowsOf('senha', 3));
    const running = await worker();
    try {
      await finished(console.ctx, jobId, 30_000);
      await eventually(async () => (await getApplication(console.ctx, id)).states.done === 3, { timeoutMs: 60_000 });
    } finally {
      await kill(running);
    }
    const { id: tenantId } = await getTenant(console.ctx, 'senha-1');
    const [user] = await listUsers(console.ctx, tenantId);
    await console.asSuperuser(`update construction.users set last_login_at = now() where tenant_id = '${tenantId}'`);

    const first = await issued(id);
    const second = await issued(id);

    assert.equal(user!.email, 'ana@senha1.test');
    assert.deepEqual(
      first.map(({ slug, email }) => [slug, email]),
      [
        ['senha-0', 'ana@senha0.test'],
        ['senha-2', 'ana@senha2.test'],
      ],
    );
    assert.ok(first.every(({ password }) => /^(\w{4}-){3}\w{4}$/.test(password)));
    assert.deepEqual(
      second.map(({ slug }) => slug),
      ['senha-0', 'senha-2'],
    );
    assert.notEqual(first[0]!.password, second[0]!.password);
    const resets = await console.ctx.db('platform.audit_log').where({ action: 'user.password_reset' });
    assert.equal(resets.length, 4);
    assert.ok(!JSON.stringify(resets).includes(first[0]!.password));
  });
});
