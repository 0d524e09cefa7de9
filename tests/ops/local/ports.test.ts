import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { portNeeds } from '#ops/local/services.ts';
import { ConfigError } from '#platform/config/index.ts';
import { loadLocalSettings } from '#platform/config/local-stack.ts';
import { freePort, refuseSharedPorts, refuseTakenPorts } from '#ops/local/ports.ts';

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

describe('refuseSharedPorts', () => {
  const check = (environment: Record<string, string>) => refuseSharedPorts(portNeeds(loadLocalSettings(environment)));

  it('lets every default stand', () => {
    check({});
  });

  it('names both variables that have the same port, and calls that a wrong environment', () => {
    assert.throws(
      () => check({ CONSOLE_PORT: '8001', LOCAL_REDIS_PORT: '2222' }),
      (error: unknown) => {
        assert.ok(error instanceof ConfigError);
        assert.deepEqual(error.problems, [
          'LOCAL_REDIS_PORT: is the same port as LOCAL_SSHD_PORT; Redis and sshd need one each',
          'CONSOLE_PORT: is the same port as AUTH_PORT; console and auth need one each',
        ]);
        return true;
      },
    );
  });

  it('asks for no port of a server that is not ours', () => {
    check({ LOCAL_REDIS_PORT: '2222', REDIS_URL: 'redis://10.0.0.3:6379/0' });
  });
});
