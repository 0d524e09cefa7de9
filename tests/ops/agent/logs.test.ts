import assert from 'node:assert/strict';
import { appendFile, readdir, readFile, rename, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { refusedWith, startAgentOfEdge, type AgentOfEdge } from '#tests/support/agent.ts';
import { eventually } from '#tests/support/eventually.ts';
import { rawRequest } from '#tests/support/raw-ssh.ts';

describe('logs of the agent', () => {
  let agent: AgentOfEdge;
  before(async () => {
    agent = await startAgentOfEdge();
  });
  after(() => agent.stop());

  const accessLog = () => join(agent.edge.dir, 'logs/access.log');
  const agentLog = () => join(dirname(agent.edge.dir), 'agent.log');

  it('are given by their last lines', async () => {
    await writeFile(accessLog(), 'one\ntwo\nthree\n');

    assert.equal(await agent.run('logs', 'access', '2'), 'two\nthree\n');
    assert.match(await agent.run('logs', 'error', '1000'), /start worker processes/);
  });

  it('hold a line for each request to the agent, refused ones too, harmless to read', async () => {
    await rawRequest(agent.edge, ['bash -c "\u001B[31mid"']);
    await agent.run('version');

    const lines = (await agent.run('logs', 'agent', '2')).split('\n');

    assert.match(lines[0]!, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ 127\.0\.0\.1 64 \d+ bash -c \?\?\?31mid\?$/);
    assert.match(lines[1]!, /^\S+ 127\.0\.0\.1 0 \d+ version$/);
  });

  it('begin anew at 1 MB, with the last one kept', async () => {
    await appendFile(agentLog(), 'x'.repeat(1_100_000));

    await agent.run('version');

    await eventually(async () => (await stat(agentLog())).size < 1000);
    assert((await readdir(dirname(agentLog()))).includes('agent.log.1'));
    assert.match(await readFile(agentLog(), 'utf8'), / version\n$/);
  });

  it('are followed as they grow, across a new file of the same name, until the channel closes', async () => {
    await writeFile(accessLog(), 'before\n');
    const enough = new AbortController();
    let heard = '';
    const following = agent.send({
      verb: 'logs',
      args: ['access', '1', 'follow', '600'],
      timeoutMs: 60_000,
      signal: enough.signal,
      onOutput: (text) => (heard += text),
    });
    const ended = assert.rejects(following, /seen enough/);

    await eventually(() => heard === 'before\n');
    await appendFile(accessLog(), 'after\n');
    await eventually(() => heard === 'before\nafter\n');
    await rename(accessLog(), `${accessLog()}.1`);
    await writeFile(accessLog(), 'anew\n');
    await eventually(() => heard === 'before\nafter\nanew\n');
    assert.equal((await followers()).length, 1);

    enough.abort(new Error('seen enough'));
    await ended;
    await eventually(async () => (await followers()).length === 0);
  });

  it('are followed for as long as was asked', async () => {
    assert.equal(await agent.run('logs', 'error', '1', 'follow', '1'), await agent.run('logs', 'error', '1'));
  });

  for (const [what, args, reason] of [
    ['another log', ['secure', '10'], /log must be access, error or agent/],
    ['no lines', ['access', '0'], /lines must be a number from 1 to 1000/],
    ['too many lines', ['access', '1001'], /lines must be/],
    ['an hour', ['access', '1', 'follow', '3600'], /seconds must be a number from 1 to 600/],
    ['another word', ['access', '1', 'since', '10'], /only follow may come/],
    ['half a follow', ['access', '1', 'follow'], /logs takes 4 arguments, 3 given/],
    ['a path', ['../../etc/passwd', '1'], /./],
  ] as const)
    it(`refuse ${what}`, async () => {
      const refused = agent.run('logs', ...args);

      await assert.rejects(refused, what === 'a path' ? { code: 'ssh_bad_argument' } : refusedWith(64, reason));
    });

  /** The programs that follow this edge's logs. */
  async function followers(): Promise<string[]> {
    const processes = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
    const lines = await Promise.all(
      processes.map(async (pid) => {
        const environment = await readFile(`/proc/${pid}/environ`, 'utf8').catch(() => '');
        const line = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
        return environment.includes('SSH_ORIGINAL_COMMAND=logs access 1 follow 600') ? line : '';
      }),
    );
    return lines.filter((line) => line.startsWith('tail'));
  }
});
