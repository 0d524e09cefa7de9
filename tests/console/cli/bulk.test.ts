import assert from 'node:assert/strict';
import { getTenant } from '#domain/tenants/index.ts';
import { runBc } from '#tests/support/command-line.ts';
import { openConsoleDatabase, type ConsoleDatabase } from '#tests/support/console-database.ts';
import { addManyTenants } from '#tests/support/many-tenants.ts';

describe('npm run bc -- tenant bulk', function () {
  this.timeout(60_000);
  let console: ConsoleDatabase;

  before(async () => {
    console = await openConsoleDatabase();
    await addManyTenants(console, 100);
  });
  after(() => console?.drop());

  const bulk = (...args: string[]) => runBc(console.url, ['tenant', 'bulk', ...args]);
  const statusOf = async (slug: string) => (await getTenant(console.ctx, slug)).status;

  it('says on a dry run exactly which files would change and who is left alone, and does nothing', async () => {
    const { stdout, code } = await bulk('suspend', '--slugs', 'loja-1,loja-20', '--dry-run');

    assert.equal(code, 0);
    assert.match(stdout, /^loja-1\s+edge-many\s+slug: null → "loja-1".*status: null → "suspended"/m);
    assert.match(stdout, /^loja-20\s+–\s+left alone: tenant_already_suspended$/m);
    assert.match(stdout, /suspend: 1 stores, 1 files; 1 left alone\. Nothing was done\.$/m);
    assert.equal(await statusOf('loja-1'), 'live');
  });

  it('does it, and answers as JSON', async () => {
    const { stdout, code } = await bulk('suspend', '--search', 'loja-3', '--reason', 'unpaid', '--json');

    assert.equal(code, 0);
    const { plan, job } = JSON.parse(stdout) as { plan: { stores: number }; job: { kind: string } };
    assert.deepEqual([plan.stores, job.kind], [11, 'tenants.suspend']);
    assert.equal((await getTenant(console.ctx, 'loja-33')).statusReason, 'unpaid');
  });

  it('wants to hear which stores are meant, once', async () => {
    for (const args of [[], ['--all', '--slugs', 'loja-1'], ['--status', 'live', '--all'], ['--status', 'gone']])
      assert.equal((await bulk('publish', ...args)).code, 2, args.join(' '));
    const unknown = await bulk('publish', '--slugs', 'ghost');
    assert.deepEqual([unknown.code, /There is no store ghost/.test(unknown.stderr)], [1, true]);
  });
});
