import assert from 'node:assert/strict';
import { access, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { enrolDroplet, requestRun } from '#domain/droplets/index.ts';
import { startHttpServer, type HttpServer } from '#platform/http/server.ts';
import type { Running } from '#platform/process.ts';
import { openTestConsole, type Browser, type TestConsole } from '#tests/support/console.ts';
import { followStream, nextWith } from '#tests/support/event-stream.ts';
import { eventually } from '#tests/support/eventually.ts';
import { finished, startTestOpsWorker } from '#tests/support/ops.ts';
import { startSshHost, type SshHost } from '#tests/support/ssh-host.ts';

describe('the output of a job in the browser', () => {
  let console: TestConsole;
  let server: HttpServer;
  let host: SshHost;
  let worker: Running;
  let browser: Browser;
  let csrf: string;

  before(async () => {
    [console, host] = await Promise.all([openTestConsole(), startSshHost()]);
    server = await startHttpServer(console.app, '127.0.0.1', 0);
    worker = await startTestOpsWorker({ url: console.url, edge: host });
    await enrolDroplet(console.ctx, { ...host.target, role: 'infra' });
    ({ browser, csrf } = await console.signIn('on_call'));
  });
  after(async () => {
    await worker?.stop();
    await server?.stop();
    await host?.stop();
    await console?.stop();
  });

  const file = (name: string) => join(host.keysDir, name);
  const start = (verb: string, args: Record<string, unknown> = {}) =>
    requestRun(console.ctx, 'infra-1', { verb, args });

  it('comes while the verb is at work, by the stream and by the poll alike, and stays when it has ended', async () => {
    await host.replaceAgent(`echo '<first>'; until [ -e ${file('go')} ]; do sleep 0.05; done; echo last`);
    const jobId = await start('version');
    const messages = followStream({ server, browser }, `/jobs/${jobId}/live`);

    const early = await nextWith(messages, /&lt;first&gt;/);
    assert.match(early, /Running/);
    assert.doesNotMatch(early, /last/);
    const polled = await browser.get(`/jobs/${jobId}/progress`).expect(200);
    assert.match(polled.text, /&lt;first&gt;/);

    await writeFile(file('go'), '');
    await nextWith(messages, /last/);
    await nextWith(messages, /Done/);
    await messages.return(undefined);
    assert.match((await browser.get(`/jobs/${jobId}`).expect(200)).text, /&lt;first&gt;\s*last/);
    const download = await browser
      .get(`/jobs/${jobId}/output`)
      .expect(200)
      .expect('Content-Type', /^text\/plain/);
    assert.equal(download.text, '<first>\nlast\n');
  });

  it('ends on the machine when a person presses Cancel', async () => {
    await host.replaceAgent(`trap 'touch ${file('ended')}' EXIT
echo watching
while sleep 0.05; do echo line || exit; done`);
    const jobId = await start('logs', { log: 'agent', lines: 1, follow: 600 });
    const messages = followStream({ server, browser }, `/jobs/${jobId}/live`);
    await nextWith(messages, /watching/);

    await browser.post(`/jobs/${jobId}/cancellation`).type('form').send({ _csrf: csrf }).expect(303);

    await nextWith(messages, /Cancelled/);
    await messages.return(undefined);
    await eventually(() => access(file('ended')).then(() => true));
    assert.equal((await finished(console.ctx, jobId)).status, 'cancelled');
  });
});
