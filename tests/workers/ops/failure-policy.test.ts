import assert from 'node:assert/strict';
import { Conflict, Unavailable, UpstreamFailed } from '#platform/errors.ts';
import { CancelJob, SnoozeJob } from '#platform/jobs/steering.ts';
import { DEFAULT_RETRY, judgeFailure } from '#workers/ops/failure-policy.ts';
import { CancelRequested } from '#workers/ops/leases.ts';

describe('judgeFailure', () => {
  const judge = (error: Error, attempts = 1) => judgeFailure(error, attempts, DEFAULT_RETRY);

  it('tries again after 1, 2 and 4 s, and then undoes the job', () => {
    const away = new Unavailable('far_side_down', 'The far side is down.');

    const verdicts = [1, 2, 3, 4].map((attempts) => judge(away, attempts));

    const waits = verdicts.map((verdict) => (verdict.action === 'pause' ? verdict.delayMs : verdict.failure.code));
    assert.deepEqual(waits, [1000, 2000, 4000, 'far_side_down']);
  });

  const hopeless = {
    'a machine with another host key': new UpstreamFailed('ssh_host_key_changed', 'It shows another key.'),
    'a machine that does not let us in': new UpstreamFailed('ssh_auth_failed', 'It does not accept our key.'),
    'what the request made impossible': new Conflict('slug_taken', 'It is taken.'),
    'a step that ends its job': new CancelJob('worker_died', 'It was begun ten times.'),
  };
  for (const [what, error] of Object.entries(hopeless))
    it(`undoes the job at once for ${what}`, () => {
      assert.deepEqual(judge(error), { action: 'undo', failure: { code: error.code, message: error.message } });
    });

  it('undoes a cancelled job, whatever it was doing', () => {
    const { action, failure } = judge(new CancelRequested()) as Extract<ReturnType<typeof judge>, { action: 'undo' }>;

    assert.deepEqual([action, failure.code], ['undo', 'job_cancelled']);
  });

  it('comes back later to a step that is not ready, however often', () => {
    assert.deepEqual(judge(new SnoozeJob(70), 99), { action: 'pause', delayMs: 70, errorMessage: null });
  });
});
