import assert from 'node:assert/strict';
import { listOpenAlerts, openAlert } from '#domain/alerts/index.ts';
import { enrolDroplet, hostKeyAlert, listDroplets, listEdges, type Enrolment } from '#domain/droplets/index.ts';
import { InvalidInput } from '#platform/errors.ts';
import { openConsoleDatabase, type ConsoleDatabase } from '#tests/support/console-database.ts';

const KEY = `ssh-ed25519 ${'A'.repeat(68)}`;
const OTHER_KEY = `ssh-ed25519 ${'B'.repeat(68)}`;

const edge: Enrolment = {
  name: 'edge',
  role: 'edge',
  host: '10.0.0.1',
  port: 22,
  username: 'basecommerce',
  hostKey: KEY,
  keyName: 'edge',
  probeUrl: 'http://10.0.0.1',
};

describe('droplets', () => {
  let console: ConsoleDatabase;

  beforeEach(async () => {
    console = await openConsoleDatabase();
  });

  afterEach(() => console.drop());

  const audits = () => console.ctx.db('platform.audit_log').orderBy('id').pluck<string[]>('action');

  it('show the fingerprint of their pinned key', async () => {
    const droplet = await enrolDroplet(console.ctx, edge);

    assert.match(droplet.fingerprint, /^SHA256:[A-Za-z0-9+/]{43}$/);
    assert.deepEqual(await listDroplets(console.ctx), [droplet]);
  });

  it('are enrolled once, however often it is said', async () => {
    const first = await enrolDroplet(console.ctx, edge);
    const second = await enrolDroplet(console.ctx, edge);

    assert.deepEqual(second, first);
    assert.deepEqual(await audits(), ['droplet.enrolled']);
  });

  it('get a new key under their old id when they are enrolled again, and the alert about the key is over', async () => {
    const first = await enrolDroplet(console.ctx, edge);
    const alert = { key: hostKeyAlert('edge'), severity: 'critical', title: 'key', detail: 'changed' } as const;
    await openAlert(console.ctx, alert);

    const second = await enrolDroplet(console.ctx, { ...edge, hostKey: OTHER_KEY });

    assert.equal(second.id, first.id);
    assert.notEqual(second.fingerprint, first.fingerprint);
    assert.deepEqual(await audits(), ['droplet.enrolled', 'droplet.re_enrolled']);
    assert.deepEqual(await listOpenAlerts(console.ctx), []);
  });

  it('are edges only by their role', async () => {
    await enrolDroplet(console.ctx, edge);
    const { probeUrl: _probeUrl, ...infra } = { ...edge, name: 'infra', role: 'infra' as const };
    await enrolDroplet(console.ctx, infra);

    assert.deepEqual(
      (await listEdges(console.ctx)).map((droplet) => droplet.name),
      ['edge'],
    );
  });

  const bad: [string, Partial<Enrolment>][] = [
    ['hostKey', { hostKey: 'ssh-rsa AAAA' }],
    ['hostKey', { hostKey: `${KEY} root@edge` }],
    ['keyName', { keyName: '../id_ed25519' }],
    ['host', { host: 'edge; rm -rf /' }],
    ['port', { port: 0 }],
    ['username', { username: 'Root User' }],
    ['probeUrl', { probeUrl: 'file:///etc/passwd' }],
  ];
  for (const [field, change] of bad)
    it(`are refused with the field named: ${field} ${JSON.stringify(Object.values(change)[0])}`, async () => {
      await assert.rejects(enrolDroplet(console.ctx, { ...edge, ...change }), (error: unknown) => {
        assert.ok(error instanceof InvalidInput);
        assert.deepEqual(
          error.fields.map(({ path }) => path),
          [field],
        );
        return true;
      });
      assert.deepEqual(await listDroplets(console.ctx), []);
    });

  it('must say where they answer when they are edges', async () => {
    const { probeUrl: _probeUrl, ...blind } = edge;

    await assert.rejects(enrolDroplet(console.ctx, blind), InvalidInput);
  });
});
