import assert from 'node:assert/strict';
import { access, appendFile, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { enrolDroplet, findFacts, getDroplet, requestRun } from '#domain/droplets/index.ts';
import { listOutput, readOutputTail, requestCancel, requestJob, retryJob } from '#domain/jobs/index.ts';
import { withTransaction } from '#platform/db/index.ts';
import type { Running } from '#platform/process.ts';
import { startSilentHost } from '#tests/support/black-holes.ts';
import { openConsoleDatabase, type ConsoleDatabase } from '#tests/support/console-database.ts';
import { eventually } from '#tests/support/eventually.ts';
import { finished, jobIn, startTestOpsWorker } from '#tests/support/ops.ts';
import { startSshHost, type SshHost } from '#tests/support/ssh-host.ts';

describe('droplet.run', () => {
  let console: ConsoleDatabase;
  let host: SshHost;
  let worker: Running;

  beforeEach(async () => {
    [console, host] = await Promise.all([openConsoleDatabase(), startSshHost()]);
    await enrolDroplet(console.ctx, { ...host.target, role: 'infra' });
    worker = await startTestOpsWorker({ url: console.url, edge: host });
  });
  afterEach(async () => {
    await worker?.stop();
    await host?.stop();
    await console?.drop();
  });

  const run = (verb: string, args: Record<string, unknown> = {}) => requestRun(console.ctx, 'infra-1', { verb, args });
  const printed = async (jobId: string) => (await readOutputTail(console.ctx, jobId, 64_000)).text;
  const file = (name: string) => join(host.keysDir, name);
  const exists = (path: string) =>
    access(path).then(
      () => true,
      () => false,
    );

  it('keeps what the agent prints, and what it says of the machine', async () => {
    const jobId = await run('status');
    const job = await finished(console.ctx, jobId);

    assert.equal(job.status, 'succeeded');
    const [said] = job.steps[0]!.output!;
    assert.deepEqual([said?.key, said?.values.droplet], ['verb_answered', 'infra-1']);
    assert.match(await printed(jobId), /^agent_version=\d+$/m);
    const { status } = await findFacts(console.ctx, (await getDroplet(console.ctx, 'infra-1')).id);
    assert.ok(status && Math.abs(Date.now() - status.asOf.getTime()) < 60_000);
    const [audit] = await console.ctx.db('platform.audit_log').where({ action: 'droplet.run_requested' });
    assert.deepEqual([audit.subject_label, audit.after], ['infra-1', { verb: 'status', args: '' }]);
  });

  it('shows the first words before the verb has ended, and all of them after', async () => {
    await host.replaceAgent(`echo first; until [ -e ${file('go')} ]; do sleep 0.05; done; echo second >&2; echo third`);
    const jobId = await run('version');

    await eventually(async () => (await printed(jobId)) === 'first\n');
    await jobIn(console.ctx, jobId, ['running']);
    await writeFile(file('go'), '');

    assert.equal((await finished(console.ctx, jobId)).status, 'succeeded');
    const text = await printed(jobId);
    assert.deepEqual(text.trim().split('\n').toSorted(), ['first', 'second', 'third']);
    const [piece, ...later] = await listOutput(console.ctx, { jobId, after: 0, limit: 100 });
    assert.deepEqual([piece?.seq, piece?.text], [1, 'first\n']);
    assert.equal((await listOutput(console.ctx, { jobId, after: 1, limit: 100 })).length, later.length);
  });

  it('ends on the machine too when it is cancelled, and keeps what was printed until then', async () => {
    await host.replaceAgent(`trap 'touch ${file('ended')}' EXIT
echo watching
while sleep 0.05; do echo line || exit; done`);
    const jobId = await run('logs', { log: 'agent', lines: 10, follow: 60 });
    await eventually(async () => (await printed(jobId)).includes('line'));

    await requestCancel(console.ctx, jobId);

    assert.equal((await finished(console.ctx, jobId)).status, 'cancelled');
    await eventually(() => exists(file('ended')));
    assert.match(await printed(jobId), /^watching\n(line\n)+/);
  });

  it('follows a log of the real agent, and leaves no process there once it is cancelled', async () => {
    await appendFile(host.agentLog, 'a line from before\n');
    const jobId = await run('logs', { log: 'agent', lines: 5, follow: 600 });
    await eventually(async () => (await printed(jobId)).includes('a line from before'));
    await appendFile(host.agentLog, 'one more line\n');
    await eventually(async () => (await printed(jobId)).includes('one more line'));
    assert.equal((await followers(host.agentLog)).length > 0, true);

    await requestCancel(console.ctx, jobId);

    assert.equal((await finished(console.ctx, jobId)).status, 'cancelled');
    await eventually(async () => (await followers(host.agentLog)).length === 0);
  });

  it('is refused by the agent too, when a malformed word did not come from the console', async () => {
    const { id: dropletId } = await getDroplet(console.ctx, 'infra-1');
    for (const [verb, args, reason] of [
      ['bash', [], /unknown verb/],
      ['logs', ['secrets', '10'], /log must be access, error or agent/],
      ['logs', ['agent', '5000'], /bad argument: lines must be a number from 1 to 1000/],
      ['logs', ['agent', '10', 'follow', '0'], /bad argument: seconds/],
      ['status', ['now'], /status takes no arguments|takes 0 arguments/],
    ] as const) {
      const payload = { dropletId, verb, args: [...args] };
      const jobId = await withTransaction(console.ctx, (tx) =>
        requestJob(tx, { kind: 'droplet.run', subject: 'a test', payload }),
      );
      const job = await finished(console.ctx, jobId);
      assert.deepEqual([job.status, job.errorCode], ['failed', 'agent_refused'], verb);
      assert.match(job.errorMessage!, reason);
    }
  });

  it('fails at once with the reason of the agent, which its output shows too', async () => {
    await host.replaceAgent('echo "bad argument: lines must be a number" >&2; exit 64');
    const jobId = await run('logs', { log: 'agent', lines: 10 });
    const job = await finished(console.ctx, jobId);

    assert.deepEqual([job.status, job.errorCode, job.steps[0]!.attempts], ['failed', 'agent_refused', 1]);
    assert.match(job.errorMessage!, /infra-1 refused "logs": bad argument: lines must be a number \(exit 64\)/);
    assert.match(await printed(jobId), /lines must be a number/);
  });

  it('takes an agent that was killed for one that was cut off, by whatever shell that is told', async () => {
    await host.replaceAgent('bash -c "kill -9 \\$\\$"; exit $?');
    const jobId = await run('version');
    const job = await finished(console.ctx, jobId);

    assert.deepEqual([job.status, job.errorCode], ['failed', 'ssh_channel_failed'], job.errorMessage);
  });

  it('sends the agent the words of its request and nothing else', async () => {
    await host.replaceAgent('echo "$SSH_ORIGINAL_COMMAND"');
    const jobId = await run('logs', { log: 'access', lines: '25' });
    await finished(console.ctx, jobId);

    assert.equal(await printed(jobId), 'logs access 25\n');
  });

  it('prints anew when it is tried again', async () => {
    await host.replaceAgent('echo once; exit 69');
    const jobId = await run('version');
    await finished(console.ctx, jobId);
    await host.replaceAgent('echo twice');

    await retryJob(console.ctx, jobId);
    await jobIn(console.ctx, jobId, ['succeeded']);

    assert.equal(await printed(jobId), 'twice\n');
  });

  it('keeps two million characters at most, and says that there were more', async () => {
    await host.replaceAgent('head -c 2500000 /dev/zero | tr "\\0" x');
    const jobId = await run('version');
    await finished(console.ctx, jobId);

    const { text, isCut } = await readOutputTail(console.ctx, jobId, 3_000_000);
    assert.deepEqual([text.length > 2_000_000 && text.length < 2_000_100, isCut], [true, false]);
    assert.match(text, /x\n\[more was printed than is kept\]\n$/);
    assert.equal((await readOutputTail(console.ctx, jobId, 1000)).isCut, true);
  });

  it('says clearly, and without trying for long, that a machine behind a black hole does not answer', async () => {
    const hole = await startSilentHost();
    await enrolDroplet(console.ctx, { ...host.target, role: 'infra', port: hole.port });

    const job = await finished(console.ctx, await run('version'), 10_000);

    assert.deepEqual([job.status, job.errorCode, job.attempts], ['failed', 'ssh_connect_failed', 1]);
    assert.match(job.errorMessage!, /infra-1 .* cannot be reached: no answer within 5 s/);
    await hole.stop();
  });

  it('watches two logs at most, so that jobs of stores find a free hand', async () => {
    await host.replaceAgent('echo watching; exec sleep 60');
    const follow = () => run('logs', { log: 'agent', lines: 10, follow: 60 });
    const first = [await follow(), await follow()];

    await assert.rejects(follow(), { code: 'too_many_follows', status: 409 });

    for (const jobId of first) await requestCancel(console.ctx, jobId);
    for (const jobId of first) await finished(console.ctx, jobId);
    await requestCancel(console.ctx, await follow());
  });
});

/** Processes whose command line names this file. */
async function followers(path: string): Promise<string[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const commands = await Promise.all(pids.map((pid) => readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')));
  return commands.filter((command) => command.includes(path));
}
