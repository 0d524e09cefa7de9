import assert from 'node:assert/strict';
import { chmod, mkdir, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { refusedWith, startAgentOfEdge, type AgentOfEdge } from '#tests/support/agent.ts';
import { documentOf, sha256 } from '#tests/support/edge-requests.ts';

describe('what the agent finds on the disk', () => {
  let agent: AgentOfEdge;
  before(async () => {
    agent = await startAgentOfEdge();
  });
  after(() => agent.stop());

  const inTenants = (name: string) => join(agent.edge.tenantsDir, name);
  const inSuspended = (name: string) => join(agent.edge.suspendedDir, name);

  it('manifest lists stores by name, with state, sum and mode, then the maps', async () => {
    await agent.put({ slug: 'zeta', state: 'live' }, { slug: 'alfa', state: 'suspended' });
    await chmod(inTenants('zeta.json'), 0o600);

    assert.equal(
      await agent.run('manifest'),
      `tenant alfa suspended ${sha256(documentOf('alfa'))} 644\ntenant zeta live ${sha256(documentOf('zeta'))} 600\nmaps absent\n`,
    );

    await agent.put({ slug: 'zeta', state: 'absent' }, { slug: 'alfa', state: 'absent' });
  });

  it('manifest lists what else lies there, with harmless names', async () => {
    await writeFile(inTenants('Not A Slug.json'), '{}');
    await writeFile(inTenants('line\nbreak.json'), '{}');
    await writeFile(inTenants('acme.json.swp'), '{}');
    await writeFile(inTenants('.hidden'), '{}');
    await mkdir(inTenants('folder.json'));
    await symlink('/etc/passwd', inTenants('passwd.json'));
    await writeFile(inSuspended('nobody.json'), '');
    await mkdir(inSuspended('folder'));

    assert.deepEqual(await agent.listed('foreign'), [
      'suspended folder',
      'suspended nobody.json',
      'tenants .hidden',
      'tenants Not?A?Slug.json',
      'tenants acme.json.swp',
      'tenants folder.json',
      'tenants line?break.json',
      'tenants passwd.json',
    ]);
    assert.deepEqual(await agent.listed('tenant'), []);
    for (const dir of [agent.edge.tenantsDir, agent.edge.suspendedDir])
      for (const name of await readdir(dir)) await rm(join(dir, name), { recursive: true });
  });

  it('manifest of thousands of stores is whole', async () => {
    const slugs = Array.from({ length: 5000 }, (_, index) => `store-${index}`);
    await Promise.all(slugs.map((slug) => writeFile(inTenants(`${slug}.json`), documentOf(slug))));

    assert.equal((await agent.listed('tenant')).length, 5000);

    await Promise.all(slugs.map((slug) => rm(inTenants(`${slug}.json`))));
  });

  it('read gives the bytes of a store’s file, and of nothing else', async () => {
    const text = '{"slug":"acme","name":"São João"}\n\n';
    await writeFile(inTenants('acme.json'), text);
    await writeFile(inTenants('huge.json'), 'x'.repeat(65_537));
    await symlink('/etc/passwd', inTenants('passwd.json'));
    await mkdir(inTenants('folder.json'));

    assert.equal(await agent.run('read', 'acme'), text);
    await assert.rejects(agent.run('read', 'huge'), refusedWith(65, /larger than/));
    for (const slug of ['passwd', 'folder', 'nobody'])
      await assert.rejects(agent.run('read', slug), refusedWith(66, /there is no file of/));
    for (const name of await readdir(agent.edge.tenantsDir)) await rm(inTenants(name), { recursive: true });
  });

  it('clean takes a marker without a store away, and keeps that of a suspended one', async () => {
    await agent.put({ slug: 'acme', state: 'suspended' });
    await writeFile(inSuspended('nobody.json'), '');

    for (const slug of ['nobody', 'acme', 'never-there']) await agent.run('clean', slug);

    assert.deepEqual(await agent.listed('foreign'), []);
    assert.match((await agent.found('acme')) ?? '', /^suspended /);
  });

  it('clean gives a file its mode back', async () => {
    await agent.put({ slug: 'acme', state: 'live' });
    await chmod(inTenants('acme.json'), 0o666);

    await agent.run('clean', 'acme');

    assert.match((await agent.found('acme')) ?? '', / 644$/);
  });

  it('a missing folder is said, not taken for an edge without stores', async () => {
    await agent.edge.makeReadOnly('suspended');

    await assert.rejects(agent.run('manifest'), refusedWith(66, /lacks its folders/));

    await agent.edge.makeWritable('suspended');
  });
});
