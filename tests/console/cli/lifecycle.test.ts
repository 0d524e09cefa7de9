import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { getDomainByHost, getTenant, proofsOf } from '#domain/tenants/index.ts';
import { openConsoleDatabase, type ConsoleDatabase } from '#tests/support/console-database.ts';
import { aLiveTenant, endJob, freshSlug, payloadOf } from '#tests/support/tenants.ts';
import { TinyDns } from '#tests/support/tiny-dns.ts';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));

type Ended = { stdout: string; stderr: string; code: number };

describe('npm run bc, the life of a store', function () {
  this.timeout(60_000);
  const dns = new TinyDns();
  let database: ConsoleDatabase;
  let dnsServer: string;

  before(async () => {
    database = await openConsoleDatabase();
    dnsServer = await dns.start();
  });
  after(async () => {
    dns.stop();
    await database?.drop();
  });

  const bc = (...args: string[]): Promise<Ended> => {
    const { PATH, NODE_COMPILE_CACHE } = process.env;
    const env = { PATH, NODE_COMPILE_CACHE, DATABASE_URL: database.url, DNS_SERVERS: dnsServer };
    return new Promise((resolve) => {
      execFile(process.execPath, ['console/cli/bc.ts', ...args], { cwd: ROOT, env }, (error, stdout, stderr) => {
        resolve({ stdout, stderr, code: typeof error?.code === 'number' ? error.code : 0 });
      });
    });
  };
  const live = () => aLiveTenant(database.ctx);
  type Answer = { tenant: { status: string; slug: string }; job: { id: string; kind: string } };
  const answerOf = ({ stdout }: Ended) => JSON.parse(stdout) as Answer;

  it('renames', async () => {
    const { slug } = await live();
    const to = freshSlug('nova');

    const renamed = await bc('tenant', 'rename', slug, '--to', to, '--alias-days', '7', '--json');
    const again = await bc('tenant', 'rename', slug, '--to', freshSlug());
    const bad = await bc('tenant', 'rename', slug, '--to', 'A', '--alias-days', '0');

    const { tenant, job } = answerOf(renamed);
    assert.deepEqual([tenant.status, job.kind], ['renaming', 'tenant.rename']);
    assert.equal((await payloadOf(database.ctx, job.id)).aliasDays, 7);
    assert.deepEqual([again.code, bad.code], [1, 2]);
    for (const option of ['--to: Type at least 3', '--alias-days: Type at least 1 day'])
      assert.match(bad.stderr, new RegExp(option));
  });

  it('archives, restores and deletes, the last with the slug said twice', async () => {
    const { id, slug } = await live();

    const archived = answerOf(await bc('tenant', 'archive', slug, '--grace-days', '0', '--json'));
    await endJob(database.ctx, archived.job.id);
    const restored = await bc('tenant', 'restore', slug);
    const jobs = database.ctx.db('platform.jobs').where({ tenant_id: id, kind: 'tenant.restore' });
    await jobs.update({ status: 'cancelled' });
    const unsure = await bc('tenant', 'delete', slug, '--confirmation', 'another');
    const deleted = await bc('tenant', 'delete', slug, '--confirmation', slug);

    assert.equal((await getTenant(database.ctx, id)).status, 'archived');
    assert.match(restored.stdout, new RegExp(`^${slug} is being restored \\(`));
    assert.deepEqual([unsure.code, deleted.code], [1, 0]);
    assert.match(unsure.stderr, /--confirmation: Type .* to confirm/);
    assert.match(deleted.stdout, new RegExp(`^${slug} is being deleted \\(`));
  });

  it('changes the plan, once', async () => {
    const { slug } = await live();

    const changed = await bc('tenant', 'plan', slug, '--plan', 'plus');
    const same = await bc('tenant', 'plan', slug, '--plan', 'plus');
    const unknown = await bc('tenant', 'plan', slug, '--plan', 'golden');

    assert.match(changed.stdout, new RegExp(`^${slug} is on plus \\(`));
    assert.match(same.stdout, /is on plus already/);
    assert.deepEqual([unknown.code, unknown.stderr], [1, '--plan: There is no such plan.\n']);
  });

  it('notes a domain, says what its owner must set up, finds it in DNS, lists and removes it', async () => {
    const { slug } = await live();
    const host = `${slug}.com.br`;

    const added = await bc('domain', 'add', host, '--store', slug);
    const { dns: proof } = proofsOf(await getDomainByHost(database.ctx, host));
    const early = await bc('domain', 'check', host);
    dns.tellTxt(proof.name, proof.value);
    const checked = await bc('domain', 'check', host);
    const listed = await bc('domain', 'list', slug);
    const removed = await bc('domain', 'remove', host, '--json');
    const gone = await bc('domain', 'check', host);

    assert.ok(added.stdout.includes(proof.name) && added.stdout.includes(proof.value));
    assert.match(early.stdout, /is not proven: .* has no TXT record/);
    assert.match(checked.stdout, /is proven by dns\. Job \S+ is queued/);
    assert.match(listed.stdout, new RegExp(`${host} +verified +dns`));
    assert.equal(answerOf(removed).job.kind, 'tenant.publish_maps');
    assert.deepEqual([gone.code, gone.stderr], [1, 'The store has no such domain.\n']);
  });
});
