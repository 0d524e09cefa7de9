import assert from 'node:assert/strict';
import { listOpenAlerts } from '#domain/alerts/index.ts';
import { enrolDroplet, listDroplets, runOnDroplet, type Droplet, type DropletContext } from '#domain/droplets/index.ts';
import { fixedClock } from '#platform/clock.ts';
import { AppError, Unavailable } from '#platform/errors.ts';
import { AgentRefused, HostKeyChanged } from '#platform/ssh/index.ts';
import { openConsoleDatabase, type ConsoleDatabase } from '#tests/support/console-database.ts';

const KEY = `ssh-ed25519 ${'A'.repeat(68)}`;
const AWAY = new Unavailable('ssh_connect_failed', 'infra-1 cannot be reached: no answer within 5 s');

describe('the health of a droplet', () => {
  const clock = fixedClock(new Date('2026-11-26T12:00:00Z'));
  let console: ConsoleDatabase;
  let ctx: DropletContext;
  let droplet: Droplet;
  let answer: AppError | undefined;

  beforeEach(async () => {
    console = await openConsoleDatabase();
    const run = async () => {
      if (answer) throw answer;
      return { stdout: '', stderr: '', elapsedMs: 1 };
    };
    ctx = { ...console.ctx, clock, ssh: { run } };
    const address = { host: '10.0.0.3', port: 22, username: 'agent', hostKey: KEY, keyName: 'infra-1' };
    droplet = await enrolDroplet(ctx, { name: 'infra-1', role: 'infra', ...address });
    answer = undefined;
  });
  afterEach(() => console.drop());

  const ask = (error?: AppError) => {
    answer = error;
    return runOnDroplet(ctx, droplet, { verb: 'status' }).catch(() => undefined);
  };
  const now = async () => {
    const [{ status, failures, lastError } = {} as Droplet] = await listDroplets(ctx);
    return { status, failures, lastError };
  };
  const alerts = async () => (await listOpenAlerts(ctx)).map(({ severity, key }) => `${severity} ${key}`);

  it('is good as soon as it answers', async () => {
    await ask();

    assert.deepEqual(await now(), { status: 'reachable', failures: 0, lastError: undefined });
  });

  it('is not called into question by a burst of failures within seconds, which are told all the same', async () => {
    await ask();
    for (let i = 0; i < 5; i++) {
      await ask(AWAY);
      clock.advance(3000);
    }

    assert.deepEqual(await now(), { status: 'reachable', failures: 1, lastError: AWAY.message });
    assert.deepEqual(await alerts(), []);
  });

  it('is gone after two failures some time apart, with one alert that the next answer resolves', async () => {
    await ask();
    for (let i = 0; i < 4; i++) {
      await ask(AWAY);
      clock.advance(30_000);
    }

    assert.equal((await now()).status, 'unreachable');
    assert.deepEqual(await alerts(), ['critical droplet:infra-1:unreachable']);
    assert.equal((await ctx.db('platform.alerts')).length, 1);

    await ask();

    assert.deepEqual(await now(), { status: 'reachable', failures: 0, lastError: undefined });
    assert.deepEqual(await alerts(), []);
  });

  it('starts to count anew after every answer', async () => {
    for (let i = 0; i < 3; i++) {
      await ask(AWAY);
      clock.advance(30_000);
      await ask();
      clock.advance(30_000);
    }

    assert.equal((await ctx.db('platform.alerts')).length, 0);
  });

  it('is bad at once when the machine shows another key, and an absence after that does not cover it up', async () => {
    await ask();
    await ask(new HostKeyChanged(droplet, 'SHA256:ours', 'SHA256:theirs'));
    for (let i = 0; i < 3; i++) {
      clock.advance(30_000);
      await ask(AWAY);
    }

    assert.equal((await now()).status, 'host_key_changed');
    const [alert] = await listOpenAlerts(ctx);
    assert.deepEqual(await alerts(), ['critical droplet:infra-1:host_key']);
    assert.match(alert?.detail ?? '', /SHA256:theirs.*SHA256:ours/);

    await ask();
    assert.deepEqual([(await now()).status, await alerts()], ['reachable', []]);
  });

  it('is good when the agent refuses a verb, and no worse for a request that was never sent', async () => {
    const refusal = { exitCode: 78, stdout: '', stderr: 'nginx refuses its configuration' };
    await ask(new AgentRefused(droplet, 'test', refusal));
    assert.deepEqual([(await now()).status, (await now()).failures], ['reachable', 0]);
    assert.match((await now()).lastError ?? '', /nginx refuses its configuration/);
    await ask();
    assert.equal((await now()).lastError, undefined);

    await ask(new AppError(422, 'ssh_bad_argument', 'no word an agent takes'));
    assert.deepEqual([(await now()).status, (await now()).failures], ['reachable', 0]);
  });

  it('is not written of a machine that was retired meanwhile', async () => {
    await ctx.db('platform.droplets').update({ retired_at: clock.now() });
    await ask(AWAY);
    clock.advance(30_000);
    await ask(AWAY);

    assert.deepEqual(await alerts(), []);
  });
});
