import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Running } from '#platform/process.ts';
import { getTenant } from '#domain/tenants/index.ts';
import { runBc } from '#tests/support/command-line.ts';
import { openConsoleDatabase, type ConsoleDatabase } from '#tests/support/console-database.ts';
import { startTestEdge, type TestEdge } from '#tests/support/edge.ts';
import { enrolEdge, startTestOpsWorker } from '#tests/support/ops.ts';

describe('npm run bc -- apply', function () {
  this.timeout(60_000);
  let console: ConsoleDatabase;
  let edge: TestEdge;
  let worker: Running;
  let folder: string;

  before(async () => {
    console = await openConsoleDatabase();
    edge = await startTestEdge();
    await enrolEdge(console.ctx, edge);
    worker = await startTestOpsWorker({ url: console.url, edge });
    folder = await mkdtemp(join(tmpdir(), 'apply-'));
  });
  after(async () => {
    await worker?.stop();
    await edge?.stop();
    await console?.drop();
    await rm(folder, { recursive: true, force: true });
  });

  const file = async (name: string, text: string) => {
    const path = join(folder, name);
    await writeFile(path, text);
    return path;
  };
  const apply = (...args: string[]) => runBc(console.url, ['apply', ...args]);
  const store = (slug: string) =>
    `- {slug: ${slug}, name: Loja ${slug}, admin: {name: Ana, email: ana@${slug}.test}}\n`;

  it('says on a dry run what each line would do, does nothing, and fails when a line is refused', async () => {
    const path = await file(
      'dry.yaml',
      `${store('seca')}- {slug: admin, name: A, admin: {name: A, email: a@a.test}}\n`,
    );

    const { stdout, code } = await apply('-f', path, '--dry-run');

    assert.equal(code, 1);
    assert.match(stdout, /^1\s+seca\s+create/m);
    assert.match(stdout, /^2\s+admin\s+refused\s+slug: “admin” is an address of the platform itself/m);
    assert.match(stdout, /1 to create, 0 to update, 0 unchanged, 1 refused\.\nNothing was done\.$/m);
    await assert.rejects(getTenant(console.ctx, 'seca'), { code: 'tenant_not_found' });
  });

  it('makes the stores and follows them until they are live, then finds them unchanged, and issues passwords', async () => {
    const path = await file('two.yml', store('uma') + store('duas'));

    const made = await apply('-f', path, '--yes', '--reason', 'a new chain');

    assert.equal(made.code, 0, made.stderr);
    assert.match(made.stderr, /2 of 2 done, 0 in progress, 0 not done/);
    assert.match(made.stdout, /^1\s+uma\s+create: done/m);
    assert.equal((await getTenant(console.ctx, 'duas')).status, 'live');
    const again = await apply('-f', path, '--json');
    const { application } = JSON.parse(again.stdout) as { application: { unchanged: number } };
    assert.deepEqual([again.code, application.unchanged], [0, 2]);
    const [, id] = /apply passwords ([\w-]{36})$/m.exec(made.stdout)!;
    const passwords = await apply('passwords', id!);
    assert.match(
      passwords.stdout,
      /^slug,address,email,one_time_password\numa,http\S+,ana@uma\.test,(\w{4}-){3}\w{4}\n/,
    );
  });

  it('asks before it does anything, and takes silence for a no', async () => {
    const path = await file('asked.csv', 'slug;name;admin_name;admin_email\nperguntada;P;Ana;a@p.test\n');

    const { stdout, stderr, code } = await apply('-f', path);

    assert.equal(code, 1);
    assert.match(stderr, /Apply to 1 stores\? \[y\/N\]/);
    assert.match(stdout, /^Nothing was done: nobody is here to answer\. Pass --yes/);
    await assert.rejects(getTenant(console.ctx, 'perguntada'), { code: 'tenant_not_found' });
  });

  it('names the file, the line and the way out when it cannot be read', async () => {
    const path = await file('bad.csv', 'slug;nome\nacme;x\n');

    const unread = await apply('--file', path);

    assert.equal(unread.code, 1);
    assert.match(unread.stderr, /bad\.csv: Line 1: There is no column “nome”\. The columns are: slug,/);
    assert.equal((await apply('-f', join(folder, 'none.csv'))).code, 2);
    assert.equal((await apply('-f', '-')).code, 2);
    assert.equal((await apply()).code, 2);
    assert.match((await apply('--help')).stdout, /-f, --file FILE/);
  });
});
