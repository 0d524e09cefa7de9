import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { enrolDroplet, listDroplets, recordConnections, requestRun } from '#domain/droplets/index.ts';
import { absorbAnswer } from '#domain/droplets/looks/absorb.ts';
import { getJob } from '#domain/jobs/index.ts';
import { Unavailable } from '#platform/errors.ts';
import { silentLogger } from '#platform/log/index.ts';
import { createSshPool } from '#platform/ssh/index.ts';
import { startSilentHost } from '#tests/support/black-holes.ts';
import { openTestConsole, type Browser, type TestConsole } from '#tests/support/console.ts';
import { finished, jobIn, startTestOpsWorker } from '#tests/support/ops.ts';

const KEY = `ssh-ed25519 ${'A'.repeat(68)}`;
const NOBODY = { host: '127.0.0.1', port: 9, username: 'agent', hostKey: KEY, keyName: 'infra-1' };

describe('the pages of droplets', () => {
  let console: TestConsole;
  let browser: Browser;
  let csrf: string;

  beforeEach(async () => {
    console = await openTestConsole();
    ({ browser, csrf } = await console.signIn('admin'));
  });
  afterEach(() => console.stop());

  const enrol = (name: string) => enrolDroplet(console.ctx, { ...NOBODY, name, role: 'infra' });
  const page = async (path: string) => (await browser.get(path).expect(200)).text;
  const post = (path: string, fields: Record<string, unknown> = {}) =>
    browser
      .post(path)
      .type('form')
      .send({ _csrf: csrf, ...fields });
  const tell = async (name: string, stdout: string) => {
    const droplet = await enrol(name);
    await absorbAnswer(console.ctx, droplet, { verb: 'status', args: [] }, { stdout, stderr: '', elapsedMs: 40 });
    await console.ctx.db('platform.droplets').update({ status: 'reachable', last_seen_at: new Date() });
    return droplet;
  };
  const row = (html: string, id: string) => new RegExp(`<tr id="droplet-${id}">[\\s\\S]*?</tr>`).exec(html)![0];

  it('invite to enrol the first one', async () => {
    assert.match(await page('/droplets'), /No droplet is enrolled[\s\S]*bc -- droplet enrol/);
  });

  it('say of a machine that nobody has spoken to that nothing is known, and show no zero', async () => {
    const { id } = await enrol('infra-1');

    const html = row(await page('/droplets'), id);

    assert.match(html, /Never spoken to/);
    assert.equal([...html.matchAll(/measure-value">unknown</g)].length, 4);
    assert.doesNotMatch(html, />0( %|%|<)/);
    assert.match(html, /No ops worker has told of it yet/);
  });

  it('show load, memory, disk and clock with what they rest on', async () => {
    const { id } = await tell(
      'infra-1',
      `load=0.50\ncores=2\nmemory_total_bytes=4294967296\nmemory_available_bytes=1073741824\ndisk_total_bytes=1000\ndisk_available_bytes=50\nclock=${Math.floor(Date.now() / 1000)}\n`,
    );

    const html = row(await page('/droplets'), id);

    assert.match(html, /Disk almost full[\s\S]*95 % of the disk is used/);
    assert.match(html, /Answered within 40 ms/);
    for (const figure of ['0.5', '2 cores', '75%', 'of 4 GiB', '95%', 'right'])
      assert.ok(html.includes(figure), figure);
  });

  it('call a machine unknown that nobody has looked at for a while, whatever it said last', async () => {
    const { id } = await tell('infra-1', 'load=0.50\ncores=2\n');
    await console.ctx.db('platform.droplet_facts').update({ status_as_of: new Date(Date.now() - 120_000) });

    assert.match(row(await page('/droplets'), id), /Unknown[\s\S]*has not looked at it for a while/);
  });

  it('tell the state of the connection with its reason, and that a silent worker knows nothing', async () => {
    const droplet = await enrol('infra-1');
    const lastError = new Unavailable('ssh_connect_failed', 'infra-1 cannot be reached: no answer within 5 s');
    const retryAt = new Date(Date.now() + 8000);
    const report = { target: droplet, state: 'resting', since: new Date(), running: 0, waiting: 0 } as const;
    await recordConnections(console.ctx, 'ops:1', [{ ...report, failures: 3, lastError, retryAt }]);

    for (const path of ['/droplets', '/droplets/infra-1'])
      assert.match(await page(path), /Left alone[\s\S]*cannot be reached: no answer within 5 s Next try in \d s\./);

    await console.ctx.db('platform.droplet_connections').update({ as_of: new Date(Date.now() - 60_000) });
    assert.match(await page('/droplets'), /Unknown[\s\S]*The ops worker that told of it is silent/);
  });

  it('are answered while a verb hangs on a machine behind a black hole', async () => {
    const [hole, keysDir] = [await startSilentHost(), await mkdtemp(join(tmpdir(), 'bc-keys-'))];
    await createSshPool({ keysDir, log: silentLogger }).keys.make('infra-1');
    await enrolDroplet(console.ctx, { ...NOBODY, name: 'hole', role: 'infra', port: hole.port });
    const worker = await startTestOpsWorker({ url: console.url, edge: { keysDir } });
    const jobId = await requestRun(console.ctx, 'hole', { verb: 'version', args: {} });
    await jobIn(console.ctx, jobId, ['running']);

    for (const path of ['/droplets', '/droplets/hole', '/droplets/figures', '/droplets/hole/state', `/jobs/${jobId}`])
      await page(path);

    assert.equal((await getJob(console.ctx, jobId)).status, 'running', 'no page has waited for it');
    assert.equal((await finished(console.ctx, jobId)).errorCode, 'ssh_connect_failed');
    await worker.stop();
    await hole.stop();
    await rm(keysDir, { recursive: true });
  });

  it('draw the same pieces for a browser whose stream is down', async () => {
    const { id } = await enrol('infra-1');

    assert.match(
      await page('/droplets/figures'),
      new RegExp(`^\\s*<section class="card" id="inventory">[\\s\\S]*${id}`),
    );
    assert.match(await page('/droplets/infra-1/state'), /^\s*<div id="droplet-state">/);
    await browser.get('/droplets/nobody').expect(404);
    await browser.get('/droplets/nobody/live').expect(404);
  });

  it('show our key, its change step by step, and what to install', async () => {
    await enrol('infra-1');
    await post('/droplets/infra-1/key-rotation').expect(303);
    await console.ctx
      .db('platform.droplet_key_rotations')
      .update({ state: 'made', problem: 'it does not accept our key' });
    const [{ new_key_name: name }] = await console.ctx.db('platform.droplet_key_rotations');
    const key = { name, public_key: `ssh-ed25519 ${'B'.repeat(68)}`, made_at: new Date(), recorded_at: new Date() };
    await console.ctx.db('platform.login_keys').insert(key);

    const html = await page('/droplets/infra-1');

    assert.match(html, /New key · to be installed[\s\S]*it does not accept our key/);
    assert.match(html, /restrict,command=&#34;&#39;[^<]*ssh-ed25519 BBBB/);
    assert.match(html, /key-rotation\/verification"/);
    assert.doesNotMatch(html, /key-rotation\/completion"/);
    assert.match((await post('/droplets/infra-1/key-rotation').expect(409)).text, /under way: finish or abandon it/);
    await post('/droplets/infra-1/key-rotation/abandonment').expect(303);
    assert.match(await page('/droplets/infra-1'), /Change our key/);
  });

  it('offer the verbs of the machine, with the fields of the one that is chosen', async () => {
    await enrol('infra-1');

    const form = await browser
      .get('/droplets/infra-1/runs/new?verb=logs')
      .set('HX-Request-Type', 'partial')
      .expect(200);
    assert.match(form.text, /^\s*<form class="card-body" id="run-form"/);
    assert.match(form.text, /name="log"[\s\S]*name="lines"[\s\S]*value="100"[\s\S]*name="follow"/);
    assert.doesNotMatch(form.text, /value="manifest"/);
    assert.match(await page('/droplets/infra-1/runs/new?verb=nonsense'), /Run a verb on infra-1/);
  });

  it('name the field that is malformed, keep what was typed and run nothing', async () => {
    await enrol('infra-1');
    const typed = { verb: 'logs', log: 'error', lines: '5000', follow: 'x' };

    const { text } = await post('/droplets/infra-1/runs', typed).expect(422);

    assert.match(text, /id="lines-error">Type a whole number from 1 to 1000/);
    assert.match(text, /id="follow-error">Type a whole number from 1 to 600, or nothing/);
    assert.match(text, /name="lines" type="number" value="5000"/);
    assert.match(text, /<option value="error" selected>/);
    assert.match((await post('/droplets/infra-1/runs', { verb: 'bash' }).expect(422)).text, /has no such verb/);
    assert.equal((await console.ctx.db('platform.jobs')).length, 0);
  });

  it('lead from a verb to the job that runs it, and list it among the recent ones', async () => {
    await enrol('infra-1');

    const { headers } = await post('/droplets/infra-1/runs', { verb: 'version', lines: '9' }).expect(303);

    assert.match(headers.location!, /^\/jobs\//);
    assert.match(await page(headers.location!), /Run a verb · infra-1 · version[\s\S]*Nothing was printed yet/);
    assert.match(await page('/droplets/infra-1'), new RegExp(`href="${headers.location}">Run a verb`));
  });

  it('let a viewer look and not act', async () => {
    await enrol('infra-1');
    const viewer = await console.signIn('viewer');

    const { text } = await viewer.browser.get('/droplets/infra-1').expect(200);

    assert.doesNotMatch(text, /<form[^>]*action="\/droplets\//);
    assert.doesNotMatch((await viewer.browser.get('/droplets').expect(200)).text, /\/droplets\/new/);
  });

  it('retire a machine whose name was typed, and say why one cannot be', async () => {
    await enrol('infra-1');
    await enrolDroplet(console.ctx, { ...NOBODY, name: 'edge-1', role: 'edge', probeUrl: 'http://127.0.0.1:9' });
    assert.match(await page('/droplets/infra-1/retirement'), /Our private key infra-1 is deleted/);

    await post('/droplets/infra-1/retirement', { confirmation: 'infra' }).expect(422);
    assert.equal((await listDroplets(console.ctx)).length, 2);
    const refused = await post('/droplets/edge-1/retirement', { confirmation: 'edge-1' }).expect(409);
    assert.match(refused.text, /It is the only edge/);
    await post('/droplets/infra-1/retirement', { confirmation: 'infra-1' }).expect(303);

    assert.deepEqual(
      (await listDroplets(console.ctx)).map(({ name }) => name),
      ['edge-1'],
    );
    await requestRun(console.ctx, 'infra-1', { verb: 'version', args: {} }).then(
      () => assert.fail('it is gone'),
      () => undefined,
    );
  });

  it('speak Portuguese', async () => {
    await tell('infra-1', 'load=0.50\ncores=2\n');
    await post('/preferences', { locale: 'pt-BR', next: '/' }).expect(303);

    assert.match(await page('/droplets'), /Carga[\s\S]*Memória[\s\S]*desconhecido/);
    assert.match(
      await page('/droplets/infra-1'),
      /Trocar nossa chave[\s\S]*Lista de segurança[\s\S]*Executar um comando/,
    );
    assert.match(await page('/droplets/new'), /Cadastrar servidor/);
  });
});
