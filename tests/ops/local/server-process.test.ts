import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { identityOf } from '#ops/local/process-identity.mjs';
import { startServer } from '#ops/local/server-process.ts';
import { eventually } from '#tests/support/eventually.ts';

const PARENT = `
  import { startServer } from '#ops/local/server-process.ts';
  const server = await startServer({ name: 'probe', command: 'sleep', args: ['60'] });
  console.log(server.pid);
`;

describe('startServer', () => {
  it('leaves no server behind when its parent is killed outright', async () => {
    const parent = spawn(process.execPath, ['--input-type=module-typescript', '-e', PARENT], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [line] = (await once(createInterface({ input: parent.stdout }), 'line')) as [string];
    const pid = Number(line);
    assert.ok(identityOf(pid));

    parent.kill('SIGKILL');

    await eventually(() => identityOf(pid) === undefined);
  });

  it('names the program that is not there', async () => {
    const start = startServer({ name: 'probe', command: '/no/such/program', args: [], readyLine: /ready/ });

    await assert.rejects(start, /probe ended before it was ready.*no\/such\/program/s);
  });
});
