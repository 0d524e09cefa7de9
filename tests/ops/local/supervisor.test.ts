import assert from 'node:assert/strict';
import { once } from 'node:events';
import { startServer, type ServerProcess } from '#ops/local/server-process.ts';
import { keepRunning } from '#ops/local/supervisor.ts';

const echoServer = (script: string) => () =>
  startServer({ name: 'probe', command: 'sh', args: ['-c', script], readyLine: /ready/ });

describe('keepRunning', () => {
  it('starts a server again that was killed, and says so', async () => {
    const started: ServerProcess[] = [];
    const said: string[] = [];
    const restarts = new EventTarget();
    const supervised = await keepRunning({
      signal: new AbortController().signal,
      start: echoServer('echo ready; exec sleep 60'),
      onStart: async (server) => {
        started.push(server);
        if (started.length === 2) restarts.dispatchEvent(new Event('again'));
      },
      say: (text) => said.push(text),
    });

    process.kill(supervised.first.pid, 'SIGKILL');
    await once(restarts, 'again');
    await supervised.stop();

    assert.match(said[0]!, /was killed by SIGKILL; starting it again/);
    assert.notEqual(started[1]!.pid, started[0]!.pid);
    assert.equal((await started[1]!.exited).signal, 'SIGTERM');
  });

  it('gives the caller the last words of a server that never got ready', async () => {
    const start = keepRunning({
      signal: new AbortController().signal,
      start: echoServer('echo no disk; exit 3'),
      say: () => undefined,
    });

    await assert.rejects(start, /probe ended before it was ready\.\s+no disk/);
  });
});
