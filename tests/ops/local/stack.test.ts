import assert from 'node:assert/strict';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { layoutOf } from '#ops/local/layout.ts';
import { openLogSink } from '#ops/local/log-sink.ts';
import { isPortFree } from '#ops/local/ports.ts';
import { newSecrets } from '#ops/local/secrets.ts';
import { portNeeds } from '#ops/local/services.ts';
import { LocalStack } from '#ops/local/stack.ts';
import { eventually } from '#tests/support/eventually.ts';
import { freeSettings } from '#tests/support/platform.ts';

describe('LocalStack', function () {
  // initdb alone takes most of a short limit on a busy machine.
  this.timeout(120_000);

  it('leaves nothing running when it is stopped in the middle of its start', async () => {
    const dir = await mkdtemp(join(tmpdir(), 'basecommerce-stack-'));
    await chmod(dir, 0o711);
    const secrets = newSecrets();
    const settings = { ...(await freeSettings(secrets)), DATABASE_URL: undefined, REDIS_URL: undefined };
    const layout = layoutOf(dir);
    const sink = openLogSink(layout.logs, () => undefined);
    const stack = new LocalStack({ settings, layout, secrets, sink });

    const start = stack.start();
    const outcome = assert.rejects(start, /The start was interrupted|aborted/);
    await eventually(async () => !(await isPortFree(settings.LOCAL_POSTGRES_PORT)), { timeoutMs: 90_000 });
    await stack.stop();

    await outcome;
    for (const { port, usedBy } of portNeeds(settings)) assert.ok(await isPortFree(port), `${usedBy} still listens`);
    sink.close();
    await rm(dir, { recursive: true, force: true });
  });
});
