import assert from 'node:assert/strict';
import { jobTexts } from '#console/jobs/texts.ts';
import { STEP_SAYINGS } from '#domain/jobs/index.ts';
import { createTenant } from '#domain/tenants/index.ts';
import { startHttpServer, type HttpServer } from '#platform/http/server.ts';
import { apiOf } from '#tests/support/console-api.ts';
import { openTestConsole, type Browser, type TestConsole } from '#tests/support/console.ts';
import { followStream, nextWith } from '#tests/support/event-stream.ts';

describe('the jobs of the console', () => {
  let console: TestConsole;
  let server: HttpServer;
  let browser: Browser;
  let csrf: string;
  let made = 0;

  before(async () => {
    console = await openTestConsole();
    server = await startHttpServer(console.app, '127.0.0.1', 0);
    ({ browser, csrf } = await console.signIn('on_call'));
  });
  after(async () => {
    await server?.stop();
    await console?.stop();
  });

  const createJob = async () => {
    const admin = { name: 'Ana', email: 'ana@acme.test' };
    const { jobId, tenant } = await createTenant(console.ctx, { slug: `store-${++made}`, name: 'Acme', admin });
    return { jobId, tenant };
  };
  const jobs = (id: string) => console.ctx.db('platform.jobs').where({ id });
  const stepsOf = (id: string) => console.ctx.db('platform.job_steps').where({ job_id: id });

  const follow = (path: string) => followStream({ server, browser }, path);

  const saySlugReserved = (id: string) => {
    const output = JSON.stringify([{ key: 'address_reserved', values: { slug: 'acme' } }]);
    return stepsOf(id).where({ position: 1 }).update({ status: 'done', output });
  };

  it('has words for all that a step can say', () => {
    for (const key of STEP_SAYINGS) assert.ok(`said_${key}` in jobTexts.en, key);
  });

  it('tells what a step did in the reader’s language, and programs in English', async () => {
    const { jobId } = await createJob();
    await saySlugReserved(jobId);
    const reader = await console.signIn('viewer');
    const choice = { _csrf: reader.csrf, locale: 'pt-BR', next: '/' };
    await reader.browser.post('/preferences').type('form').send(choice).expect(303);

    const page = await reader.browser.get(`/jobs/${jobId}`).expect(200);
    const { body } = await (await apiOf(console, 'viewer')).get(`/jobs/${jobId}`).expect(200);

    assert.match(page.text, /acme está reservado\./);
    assert.equal(body.steps[0].output, 'acme is reserved.');
    assert.equal(body.steps[1].output, null);
  });

  it('tells neither what was undone as done, nor what was skipped', async () => {
    const { jobId } = await createJob();
    await saySlugReserved(jobId);
    await stepsOf(jobId).where({ position: 1 }).update({ status: 'undone' });
    await stepsOf(jobId).where('position', '>', 1).update({ status: 'skipped' });

    const { text } = await browser.get(`/jobs/${jobId}/progress`).expect(200);

    assert.match(text, /0 of 6 steps/);
    assert.doesNotMatch(text, /acme is reserved/);
  });

  it('streams a job: as it is, then each step as it changes', async () => {
    const { jobId } = await createJob();
    const messages = follow(`/jobs/${jobId}/live`);
    await nextWith(messages, /0 of 6 steps/);

    await saySlugReserved(jobId);

    assert.match(await nextWith(messages, /1 of 6 steps/), /acme is reserved\./);
    await messages.return(undefined);
  });

  it('streams the state of a store when its job makes it live', async () => {
    const { tenant } = await createJob();
    const messages = follow(`/tenants/${tenant.id}/live`);
    await nextWith(messages, /Provisioning/);

    await console.ctx.db('platform.tenants').where({ id: tenant.id }).update({ status: 'live' });

    await nextWith(messages, /Live/);
    await messages.return(undefined);
  });

  it('draws the same piece for a browser whose stream is down', async () => {
    const { jobId } = await createJob();

    const { text } = await browser.get(`/jobs/${jobId}/progress`).expect(200);

    assert.match(text, new RegExp(`^\\s*<section class="job" id="job-${jobId}"`));
  });

  it('shows nothing of what a job runs on, neither on pages nor to programs', async () => {
    const { jobId, tenant } = await createJob();
    const admin = await console.signIn('admin');
    const paths = [`/jobs/${jobId}`, `/jobs/${jobId}/progress`, '/jobs', `/tenants/${tenant.id}`, '/audit'];
    const pages = await Promise.all(paths.map((path) => admin.browser.get(path).expect(200)));
    const answer = await (await apiOf(console, 'admin')).get(`/jobs/${jobId}`).expect(200);

    assert.match((await jobs(jobId).first()).payload.passwordHash, /^\$argon2id\$/);
    for (const { text } of [...pages, answer]) assert.doesNotMatch(text, /argon2|passwordHash/);
  });

  it('lists jobs by status, in words', async () => {
    const { jobId } = await createJob();
    await jobs(jobId).update({ status: 'failed', error_message: 'the edge did not answer' });

    const failed = await browser.get('/jobs?status=failed').expect(200);
    const done = await browser.get('/jobs?status=succeeded').expect(200);

    assert.match(failed.text, /Onboard a store[\s\S]*the edge did not answer/);
    assert.match(done.text, /No jobs/);
  });

  it('asks a running job to stop, once, and audits it', async () => {
    const { jobId } = await createJob();
    const cancel = () => browser.post(`/jobs/${jobId}/cancellation`).type('form').send({ _csrf: csrf });

    await cancel().expect(303);

    const page = await browser.get(`/jobs/${jobId}`).expect(200);
    assert.match(page.text, /A cancellation was asked for/);
    assert.doesNotMatch(page.text, /\/cancellation"/);
    const audited = await console.ctx.db('platform.audit_log').where({ subject_id: jobId }).pluck<string[]>('action');
    assert.deepEqual(audited, ['job.cancel_requested']);
  });

  it('starts a failed job again, and refuses that for one at work', async () => {
    const { jobId } = await createJob();
    const retry = () => browser.post(`/jobs/${jobId}/retries`).type('form').send({ _csrf: csrf });
    const refused = await retry().expect(409);
    assert.match(refused.text, /Only a failed or cancelled job/);
    await jobs(jobId).update({ status: 'failed' });

    await retry().expect(303);

    assert.equal((await jobs(jobId).first()).status, 'queued');
  });

  it('names the store and who asked in the reader’s language', async () => {
    const { jobId, tenant } = await createJob();
    const reader = await console.signIn('viewer');
    const choice = { _csrf: reader.csrf, locale: 'pt-BR', next: '/' };
    await reader.browser.post('/preferences').type('form').send(choice).expect(303);

    for (const [requestedBy, inPortuguese] of [
      ['local set-up', 'preparação local'],
      ['command line (nina)', 'linha de comando (nina)'],
    ] as const) {
      await jobs(jobId).update({ requested_by: requestedBy });
      const english = (await browser.get(`/jobs/${jobId}`).expect(200)).text;
      const portuguese = (await reader.browser.get(`/jobs/${jobId}`).expect(200)).text;

      assert.ok(english.includes(`store ${tenant.slug}</h1>`) && english.includes(`<dd>${requestedBy}</dd>`));
      assert.ok(portuguese.includes(`loja ${tenant.slug}</h1>`) && portuguese.includes(`<dd>${inPortuguese}</dd>`));
    }
  });

  it('lets a viewer look and not act', async () => {
    const viewer = await console.signIn('viewer');
    const { jobId } = await createJob();

    const page = await viewer.browser.get(`/jobs/${jobId}`).expect(200);

    assert.doesNotMatch(page.text, /\/cancellation"/);
    await viewer.browser.post(`/jobs/${jobId}/cancellation`).type('form').send({ _csrf: viewer.csrf }).expect(403);
  });

  it('answers 404 for a job that does not exist', async () => {
    await browser.get('/jobs/01939b1e-0000-7000-8000-000000000000').expect(404);
    await browser.get('/jobs/nonsense/live').expect(404);
  });
});
