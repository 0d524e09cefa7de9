import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, readlink, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { renderEdge } from '#ops/droplet-1-edge/render.ts';
import { ask, startEchoServer } from '#tests/support/edge-requests.ts';
import { startTestEdge } from '#tests/support/edge.ts';

const run = promisify(execFile);
const COMMAND = 'ops/droplet-1-edge/render.cli.ts';
const EXAMPLE = 'ops/droplet-1-edge/env.example';
const SECRET = 'a'.repeat(32);

describe('rendering the edge configuration', () => {
  let dir: string;
  const opened: { stop(): Promise<void> }[] = [];
  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'bc-render-'));
  });
  afterEach(async () => {
    await Promise.all(opened.splice(0).map((it) => it.stop()));
    await rm(dir, { recursive: true });
  });

  async function renderFrom(changes: Record<string, string>) {
    const lines = (await readFile(EXAMPLE, 'utf8')).split('\n');
    const kept = lines.filter((line) => !Object.keys(changes).some((name) => line.startsWith(`${name}=`)));
    const added = Object.entries(changes).map(([name, value]) => `${name}=${value}`);
    await writeFile(join(dir, '.env'), [...kept, ...added].join('\n'));
    return run(process.execPath, [COMMAND, join(dir, '.env')]);
  }

  it('fills the droplet’s templates in from env.example, for its owner only', async () => {
    await renderFrom({ EDGE_DIR: dir, EDGE_AUTH_SECRET: SECRET, VERTICAL_PORTS: '8000,8010' });

    const upstreams = await readFile(join(dir, 'conf/snippets/upstreams.conf'), 'utf8');
    assert.match(upstreams, /server 10\.0\.0\.2:8000 .*\n\s+server 10\.0\.0\.2:8010 /);
    const proxy = join(dir, 'conf/snippets/proxy.conf');
    assert.match(await readFile(proxy, 'utf8'), new RegExp(SECRET));
    assert.equal((await stat(proxy)).mode & 0o777, 0o600);
    assert.match(
      await readFile(join(dir, 'conf/snippets/real-address.conf'), 'utf8'),
      /set_real_ip_from 173\.245\.48\.0\/20;/,
    );
  });

  it('names every bad variable at once, and writes nothing', async () => {
    const bad = {
      EDGE_AUTH_SECRET: 'short',
      VERTICAL_HOST: 'vertical.internal',
      TRUSTED_PROXIES: 'everybody',
      LIMIT_API_RATE: '0',
    };

    await assert.rejects(renderFrom({ EDGE_DIR: dir, ...bad }), (error: { code: number; stderr: string }) => {
      assert.equal(error.code, 78);
      for (const name of Object.keys(bad)) assert.match(error.stderr, new RegExp(`^${name}: must|^${name}: `, 'm'));
      assert(!error.stderr.includes('short\n'));
      return true;
    });
    await assert.rejects(stat(join(dir, 'conf')), { code: 'ENOENT' });
  });

  it('listens with TLS when a certificate is given, and says which half is missing', async () => {
    const given = { EDGE_DIR: dir, EDGE_AUTH_SECRET: SECRET };
    await renderFrom({ ...given, TLS_CERTIFICATE: '/etc/ssl/edge.pem', TLS_CERTIFICATE_KEY: '/etc/ssl/edge.key' });

    const stores = await readFile(join(dir, 'conf/conf.d/stores.conf'), 'utf8');
    assert.match(stores, /listen 443 ssl http2;\n +ssl_certificate "\/etc\/ssl\/edge\.pem";/);
    await assert.rejects(renderFrom({ ...given, TLS_CERTIFICATE: '/etc/ssl/edge.pem' }), {
      code: 78,
      stderr: /^TLS_CERTIFICATE_KEY: must be an absolute path/,
    });
  });

  it('tells its figures to this machine alone', async () => {
    const open = { EDGE_DIR: dir, EDGE_AUTH_SECRET: SECRET, STATUS_LISTEN: '0.0.0.0:8081' };

    await assert.rejects(renderFrom(open), { code: 78, stderr: /^STATUS_LISTEN: must be an address of this machine/ });
  });

  it('writes a second tree that differs in its maps alone', async () => {
    await renderFrom({ EDGE_DIR: dir, EDGE_AUTH_SECRET: SECRET });

    const files = await readdir(join(dir, 'conf'), { recursive: true });
    for (const file of files.filter((name) => name.endsWith('.conf'))) {
      const text = await readFile(join(dir, 'conf', file), 'utf8');
      const staged = await readFile(join(dir, 'conf-staged', file), 'utf8');
      assert.equal(staged, text.replaceAll(`${dir}/maps/current/`, `${dir}/maps/staged/`), file);
    }
  });

  it('keeps the maps that the agent brought into use', async () => {
    await renderFrom({ EDGE_DIR: dir, EDGE_AUTH_SECRET: SECRET });
    await rm(join(dir, 'maps/current'));
    await symlink('7', join(dir, 'maps/current'));

    await renderFrom({ EDGE_DIR: dir, EDGE_AUTH_SECRET: SECRET });

    assert.equal(await readlink(join(dir, 'maps/current')), '7');
  });

  it('takes no setting that could end a directive', async () => {
    const settings = {
      edgeDir: dir,
      baseDomain: 'localhost',
      appServers: ['127.0.0.1:1'],
      edgeAuthSecret: `${SECRET}";`,
    };

    await assert.rejects(renderEdge(settings), /without spaces, quotes/);
  });

  it('believes a client address from a configured proxy, and from nobody else', async () => {
    const app = await startEchoServer();
    opened.push(app);
    const addressBehind = async (trustedProxies: string[]) => {
      const edge = await startTestEdge({ appServers: [app.address], trustedProxies });
      opened.push(edge);
      await writeFile(join(edge.tenantsDir, 'acme.json'), '{"slug":"acme"}');
      const answer = await ask(edge.url, 'acme.localhost', '/web/x', {
        headers: { 'CF-Connecting-IP': '203.0.113.7', 'X-Forwarded-For': '198.51.100.66' },
      });
      const { headers } = JSON.parse(answer.body);
      assert.equal(headers['x-forwarded-for'], headers['x-real-ip']);
      return headers['x-real-ip'];
    };

    assert.equal(await addressBehind(['10.0.0.0/8', '127.0.0.0/8']), '203.0.113.7');
    assert.equal(await addressBehind(['10.0.0.0/8']), '127.0.0.1');
    assert.equal(await addressBehind([]), '127.0.0.1');
  });
});
