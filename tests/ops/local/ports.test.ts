import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { freePort, refuseTakenPorts } from '#ops/local/ports.ts';

describe('refuseTakenPorts', () => {
  it('names every taken port, who wants it and the variable that moves it', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    const { port } = taken.address() as AddressInfo;

    const check = refuseTakenPorts([
      { port, variable: 'CONSOLE_PORT', usedBy: 'console' },
      { port: await freePort(), variable: 'AUTH_PORT', usedBy: 'auth' },
    ]);

    await assert.rejects(check, (error: Error) => {
      assert.match(error.message, new RegExp(`port ${port} \\(console\\).*CONSOLE_PORT`));
      assert.doesNotMatch(error.message, /AUTH_PORT/);
      return true;
    });
    taken.close();
  });
});
