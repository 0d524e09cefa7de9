import assert from 'node:assert/strict';
import { listOpenAlerts } from '#domain/alerts/index.ts';
import { enrolDroplet, findFacts, listSamples, type Droplet } from '#domain/droplets/index.ts';
import { absorbAnswer } from '#domain/droplets/looks/absorb.ts';
import { fixedClock } from '#platform/clock.ts';
import { openConsoleDatabase, type ConsoleDatabase } from '#tests/support/console-database.ts';

const DAY = 86_400_000;

describe('what a look finds', () => {
  const clock = fixedClock(new Date('2026-11-26T12:00:00Z'));
  let console: ConsoleDatabase;
  let droplet: Droplet;

  beforeEach(async () => {
    console = await openConsoleDatabase();
    const address = { host: '10.0.0.1', port: 22, username: 'agent', keyName: 'edge-1' };
    const hostKey = `ssh-ed25519 ${'A'.repeat(68)}`;
    droplet = await enrolDroplet(console.ctx, {
      name: 'edge-1',
      role: 'edge',
      probeUrl: 'http://10.0.0.1',
      hostKey,
      ...address,
    });
  });
  afterEach(() => console.drop());

  const ctx = () => ({ ...console.ctx, clock });
  const absorb = (verb: string, stdout: string, args: string[] = []) =>
    absorbAnswer(ctx(), droplet, { verb, args }, { stdout, stderr: '', elapsedMs: 0 });
  const status = (values: Record<string, number>) =>
    absorb(
      'status',
      Object.entries({ clock: nowSeconds(), ...values })
        .map((pair) => `${pair.join('=')}\n`)
        .join(''),
    );
  const nowSeconds = () => Math.floor(clock.now().getTime() / 1000);
  const disk = (used: number) => status({ disk_total_bytes: 1000, disk_available_bytes: 1000 - used * 10 });
  const alerts = async () => (await listOpenAlerts(ctx())).map(({ severity, key }) => `${severity} ${key}`);

  it('opens one alert about a disk above 90 %, keeps it while the disk wavers, and resolves it below 88 %', async () => {
    await disk(90);
    assert.deepEqual(await alerts(), []);

    for (const used of [91, 89, 91, 89, 93]) await disk(used);
    assert.deepEqual(await alerts(), ['warning droplet:edge-1:disk']);
    assert.equal((await ctx().db('platform.alerts')).length, 1);
    assert.match((await listOpenAlerts(ctx()))[0]!.detail, /93 % is used/);

    await status({});
    assert.equal((await alerts()).length, 1, 'a look that does not tell the disk resolves nothing');

    await disk(87);
    assert.deepEqual(await alerts(), []);
  });

  it('opens an alert about a clock more than 5 s off, beyond doubt, and resolves it below 3 s', async () => {
    const off = (seconds: number) => status({ clock: nowSeconds() + seconds });

    await off(5);
    assert.deepEqual(await alerts(), []);
    await off(-8);
    assert.deepEqual(await alerts(), ['warning droplet:edge-1:clock']);
    await off(4);
    assert.deepEqual(await alerts(), ['warning droplet:edge-1:clock']);
    await off(1);
    assert.deepEqual(await alerts(), []);
  });

  it('warns of a certificate with less than 14 days, more gravely of one with less than 3, and is glad of a new one', async () => {
    const until = (days: number) => Math.floor((clock.now().getTime() + days * DAY) / 1000);
    const certificates = (...days: number[]) =>
      absorb('certificates', days.map((it, n) => `cert-${n}.pem ${until(it)} *.example.com\n`).join(''));

    await certificates(90, 14.5);
    assert.deepEqual(await alerts(), []);
    await certificates(90, 13.5);
    assert.deepEqual(await alerts(), ['warning droplet:edge-1:certificate']);
    await certificates(90, 2.5);
    assert.deepEqual(await alerts(), ['critical droplet:edge-1:certificate']);
    await certificates(90, -1);
    assert.match((await listOpenAlerts(ctx()))[0]!.title, /has expired/);
    await certificates(90, 89);
    assert.deepEqual(await alerts(), []);
  });

  it('leaves one sample of each five minutes, the highest, and none older than a day', async () => {
    const memory = (used: number) => status({ memory_total_bytes: 100, memory_available_bytes: 100 - used });
    await memory(40);
    clock.advance(60_000);
    await memory(70);
    clock.advance(60_000);
    await memory(20);
    const samples = async () => (await listSamples(ctx(), new Date(0))).get(droplet.id) ?? [];

    const [first, ...others] = await samples();
    assert.deepEqual([first?.memoryUsed, first?.diskUsed, others.length], [0.7, undefined, 0]);

    clock.advance(23 * 3_600_000);
    await memory(50);
    assert.equal((await samples()).length, 2);
    clock.advance(2 * 3_600_000);
    await memory(60);
    assert.deepEqual(
      (await samples()).map(({ memoryUsed }) => memoryUsed),
      [0.5, 0.6],
    );
  });

  it('is the last tail of a log, but not one that was only followed', async () => {
    await absorb('logs', 'a\nb\n', ['error', '2']);
    await absorb('logs', '', ['error', '2', 'follow', '60']);

    const { log } = await findFacts(ctx(), droplet.id);
    assert.deepEqual([log?.name, log?.tail], ['error', 'a\nb\n']);
  });
});
