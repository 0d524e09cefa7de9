import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import type { JobKind } from '#domain/jobs/index.ts';
import { archiveTenant, getTenant } from '#domain/tenants/index.ts';
import { createToken } from '#domain/tokens/index.ts';
import { startNodeProcess } from '#ops/local/node-process.ts';
import type { ServerProcess } from '#ops/local/server-process.ts';
import { ignoreBecause } from '#platform/errors.ts';
import type { Running } from '#platform/process.ts';
import { openConsoleDatabase, type ConsoleDatabase } from '#tests/support/console-database.ts';
import { startTestEdge, type TestEdge } from '#tests/support/edge.ts';
import { eventually } from '#tests/support/eventually.ts';
import { startMutableLine, type MutableLine } from '#tests/support/mutable-line.ts';
import { enrolEdge, finished, startTestOpsWorker } from '#tests/support/ops.ts';
import { freePort } from '#tests/support/ports.ts';
import { startTestRedis, type TestRedis } from '#tests/support/redis.ts';
import { openWriteGate, type WriteGate } from '#tests/support/write-gate.ts';

/** What these requests write; nothing else in the console does. */
const TABLES = ['tenants', 'slugs', 'jobs', 'job_steps', 'audit_log', 'idempotency_keys'].map(
  (name) => `platform.${name}`,
);
const MAX_WRITES = 30;

type Act = { what: string; kind: JobKind; method: string; path: string; body: object; ends: string };

const ACTS: Act[] = [
  {
    what: 'create',
    kind: 'tenant.provision',
    method: 'POST',
    path: '/tenants',
    body: { slug: 'acme', name: 'Acme', admin: { name: 'Ana', email: 'ana@acme.example' } },
    ends: 'live',
  },
  {
    what: 'rename',
    kind: 'tenant.rename',
    method: 'POST',
    path: '/tenants/acme/renames',
    body: { slug: 'bravo' },
    ends: 'live',
  },
  {
    what: 'suspend',
    kind: 'tenant.suspend',
    method: 'POST',
    path: '/tenants/bravo/suspension',
    body: { reason: 'unpaid' },
    ends: 'suspended',
  },
  {
    what: 'delete',
    kind: 'tenant.delete',
    method: 'DELETE',
    path: '/tenants/bravo',
    body: { confirmation: 'bravo', reason: 'they left' },
    ends: 'deleted',
  },
];

describe('a console that is killed in the middle of a request', function () {
  this.timeout(120_000);
  let database: ConsoleDatabase;
  let edge: TestEdge;
  let redis: TestRedis;
  let worker: Running | undefined;
  let line: MutableLine;
  let gate: WriteGate;
  let server: ServerProcess | undefined;
  let secret: string;
  let url: string;

  before(async () => {
    [database, edge, redis] = await Promise.all([openConsoleDatabase(), startTestEdge(), startTestRedis()]);
    await enrolEdge(database.ctx, edge);
    line = await startMutableLine(Number(new URL(database.url).port));
    gate = await openWriteGate(database.superuserUrl, { tables: TABLES, application: 'console' });
    ({ secret } = await createToken(database.ctx, { name: 'killer', role: 'admin' }));
    worker = await startTestOpsWorker({ url: database.url, edge });
    await startConsole();
  });
  after(async () => {
    await kill();
    await worker?.stop();
    await gate?.close();
    line?.close();
    await Promise.all([edge?.stop(), redis?.remove()]);
    await database?.drop();
  });

  const startConsole = async () => {
    const port = await freePort();
    url = `http://127.0.0.1:${port}`;
    const through = new URL(database.url);
    through.port = String(line.port);
    const env = {
      PATH: process.env.PATH ?? '',
      NODE_ENV: 'test',
      DATABASE_URL: through.href,
      REDIS_URL: redis.url,
      SECRET_KEY: 'test-secret-of-more-than-32-bytes!',
      CONSOLE_PORT: String(port),
    };
    const compileCache = process.env.NODE_COMPILE_CACHE ?? '';
    server = await startNodeProcess({ name: 'console', entry: 'console/server.ts', port, env, compileCache });
  };

  const kill = async () => {
    if (!server) return;
    process.kill(server.pid, 'SIGKILL');
    await server.exited;
    server = undefined;
    await gate.clear();
  };

  const send = ({ method, path, body }: Act, key: string) =>
    fetch(`${url}/api/v1${path}`, {
      method,
      headers: { Authorization: `Bearer ${secret}`, 'Content-Type': 'application/json', 'Idempotency-Key': key },
      body: JSON.stringify(body),
    });

  /** All that the request could have left behind. */
  const written = async () => {
    const count = async (table: string) =>
      Number((await database.ctx.db(table).count<{ count: string }[]>())[0]!.count);
    const states = await database.ctx.db('platform.tenants').select('slug', 'status', 'version');
    return { states, counts: await Promise.all(TABLES.map(count)) };
  };

  const jobsOf = ({ kind }: Act) => database.ctx.db('platform.jobs').where({ kind }).pluck<string[]>('id');

  /** Sends the request, the console killed at its n-th write, or once it is committed when it has no n-th. */
  const killAt = async (act: Act, key: string, n: number): Promise<'at a write' | 'after the commit'> => {
    const before = await written();
    await gate.hangAt(n);
    line.muteCommits(true);
    send(act, key).catch(ignoreBecause('the console is killed'));
    const seen = await eventually(async () => {
      if (await gate.isReached()) return 'at a write';
      return (await jobsOf(act)).length > 0 ? 'after the commit' : undefined;
    });
    await kill();
    await gate.hangAt(undefined);
    line.muteCommits(false);
    if (seen === 'at a write') assert.deepEqual(await written(), before, `nothing of it, killed at write ${n}`);
    await startConsole();
    return seen;
  };

  for (const act of ACTS)
    it(`has done all of a ${act.what} or nothing, wherever it died, and does it once when asked again`, async () => {
      if (act.what === 'delete') {
        const { jobId } = await archiveTenant(database.ctx, 'bravo', { reason: 'they left', graceDays: 0 });
        assert.equal((await finished(database.ctx, jobId)).status, 'succeeded');
      }
      const key = randomUUID();
      let n = 1;
      while ((await killAt(act, key, n)) === 'at a write') assert.ok(++n < MAX_WRITES);
      assert.ok(n > 3, `killed at ${n - 1} writes`);

      const again = await send(act, key);

      // A deletion needs no key: it is refused while one is under way.
      assert.equal(again.status, act.method === 'DELETE' ? 409 : 202, await again.clone().text());
      const jobs = await jobsOf(act);
      assert.equal(jobs.length, 1);
      if (act.method === 'POST') assert.equal(((await again.json()) as { job: { id: string } }).job.id, jobs[0]);
      const job = await finished(database.ctx, jobs[0]!);
      assert.equal(job.status, 'succeeded', job.errorMessage);
      const [tenantId] = await database.ctx.db('platform.tenants').pluck<string[]>('id');
      assert.equal((await getTenant(database.ctx, tenantId!)).status, act.ends);
    });
});
