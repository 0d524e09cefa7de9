import assert from 'node:assert/strict';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { refusedWith, startAgentOfEdge, type AgentOfEdge } from '#tests/support/agent.ts';
import { ask, startEchoServer, type EchoServer } from '#tests/support/edge-requests.ts';
import { eventually } from '#tests/support/eventually.ts';
import { runSabotaged } from '#tests/support/sabotaged-agent.ts';

const OF_ANY_MACHINE = [
  'agent_version',
  'clock',
  'uptime_seconds',
  'load',
  'load_5',
  'load_15',
  'cores',
  'processes',
  'memory_total_bytes',
  'memory_available_bytes',
  'memory_swap_used_bytes',
  'disk_total_bytes',
  'disk_available_bytes',
  'disk_inodes_available',
];

describe('what the agent tells of its machine', () => {
  let app: EchoServer;
  let agent: AgentOfEdge;
  before(async () => {
    app = await startEchoServer();
    agent = await startAgentOfEdge({ appServers: [app.address], tls: true });
    await agent.put({ slug: 'acme', state: 'live' });
  });
  after(async () => {
    await agent.stop();
    await app.stop();
  });

  const figuresIn = (text: string): Record<string, string> =>
    Object.fromEntries(
      text
        .trim()
        .split('\n')
        .map((line) => line.split('=')),
    );
  const status = async () => figuresIn(await agent.run('status'));
  const onOther = async (verb: string, ...args: string[]) => {
    const config = join(agent.edge.dir, 'other.conf');
    await writeFile(config, '# not an edge\n');
    return runSabotaged(config, '', { verb, args });
  };

  it('status tells load, memory, disk, clock and processes as numbers', async () => {
    const figures = await status();

    for (const key of OF_ANY_MACHINE) assert.match(figures[key] ?? '', /^\d+(\.\d+)?$/, key);
    assert(Math.abs(Number(figures.clock) - Date.now() / 1000) < 5);
  });

  it('status tells of nginx: its workers, since when, connections and requests', async () => {
    await ask(agent.edge.url, 'acme.localhost', '/web/x');

    const figures = await status();

    assert.equal(figures.nginx, 'running');
    assert(Number(figures.nginx_workers) >= 1);
    assert(Math.abs(Number(figures.nginx_started) - Date.now() / 1000) < 60);
    for (const key of ['nginx_connections', 'nginx_accepts', 'nginx_requests']) assert(Number(figures[key]) >= 1, key);
  });

  it('status counts the requests of the last minute by their outcome, and no others', async () => {
    const log = join(agent.edge.dir, 'logs/access.log');
    const line = (secondsAgo: number, status: number, took: string) =>
      `{"unix":${(Date.now() / 1000 - secondsAgo).toFixed(3)},"path":"/x\\",\\"status\\":500","status":${status},"upstream_seconds":"${took}"}\n`;
    const lines = [
      line(3600, 200, '9.000'),
      line(61, 500, '9.000'),
      line(50, 200, '0.002'),
      line(40, 204, '0.004'),
      line(30, 302, '0.001, 0.006'),
      line(20, 404, ''),
      line(10, 502, '-'),
      'nonsense\n',
    ];
    await writeFile(log, lines.join(''));

    const figures = await status();

    assert.deepEqual(
      ['2xx', '3xx', '4xx', '5xx'].map((kind) => figures[`requests_${kind}`]),
      ['2', '1', '1', '1'],
    );
    assert.equal(figures.upstream_p50_ms, '4');
  });

  it('status counts what nginx really writes', async () => {
    await writeFile(join(agent.edge.dir, 'logs/access.log'), '');
    await ask(agent.edge.url, 'acme.localhost', '/web/x');
    await ask(agent.edge.url, 'acme.localhost', '/nothing');

    await eventually(async () => {
      const figures = await status();
      return figures.requests_2xx === '1' && figures.requests_4xx === '1' && Number(figures.upstream_p50_ms) >= 0;
    });
  });

  it('status has no figures where there is nothing to count', async () => {
    await rm(join(agent.edge.dir, 'logs/access.log'));

    const figures = await status();

    assert.equal(figures.requests_2xx, undefined);
    assert.equal(figures.upstream_p50_ms, undefined);
    await agent.run('reload');
  });

  it('processes are the thirty largest by memory, a line each', async () => {
    const lines = (await agent.run('processes')).trim().split('\n');

    for (const line of lines) assert.match(line, /^\d+ \d+ \d+\.\d [A-Za-z0-9._:/?-][A-Za-z0-9 ._:/?-]*$/);
    const sizes = lines.map((line) => Number(line.split(' ')[1]));
    assert(sizes.length <= 30);
    assert.deepEqual(
      sizes,
      sizes.toSorted((a, b) => b - a),
    );
    const ourselves = lines.find((line) => line.startsWith(`${process.pid} `));
    assert.match(
      ourselves ?? '',
      / node [\w.-]+\.m?js$/,
      'by its script, since every program of Node has the same name',
    );
  });

  it('certificates are told with their end and the name they are for', async () => {
    const [, file, until, name] = /^(\S+) (\d+) (.*)\n$/.exec(await agent.run('certificates')) ?? [];

    assert.deepEqual([file, name], ['edge.pem', 'localhost']);
    assert(Number(until) > Date.now() / 1000 + 800 * 86_400);
  });

  it('a certificate that cannot be read is said', async () => {
    await writeFile(agent.edge.certificate, 'nonsense');

    await assert.rejects(agent.run('certificates'), refusedWith(66, /the certificate .*edge\.pem cannot be read/));
  });

  it('a droplet that is no edge tells of the machine alone', async () => {
    const { stdout } = await onOther('status');

    assert.deepEqual(Object.keys(figuresIn(stdout)), OF_ANY_MACHINE.toSorted(byPlaceIn(stdout)));
    assert.equal((await onOther('processes')).exitCode, 0);
    for (const verb of ['manifest', 'certificates', 'reload', 'rollback']) {
      const { exitCode, stderr } = await onOther(verb);
      assert.deepEqual([exitCode, stderr], [78, 'this droplet is not an edge: its agent has no EDGE_DIR\n'], verb);
    }
    assert.equal((await onOther('logs', 'access', '1')).exitCode, 78);
  });

  const byPlaceIn = (text: string) => (a: string, b: string) => text.indexOf(`${a}=`) - text.indexOf(`${b}=`);
});
