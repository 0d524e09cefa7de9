import assert from 'node:assert/strict';
import { judge, type Overview, type Reading } from '#domain/overview/index.ts';
import { judgeOpsWorker } from '#domain/overview/policy.ts';

const NOW = new Date('2026-11-21T03:00:00Z');
const known = <T>(value: T): Reading<T> => ({ known: true, value, asOf: NOW });
const unread: Reading<never> = { known: false, reason: 'ECONNREFUSED', asOf: NOW };

const WELL: Overview = {
  tenants: known({ live: 12 }),
  droplets: known([]),
  edges: known([{ droplet: 'edge', files: 12, confirmed: 12, failing: 0, newestRevision: 42, drift: 0 }]),
  streams: known([]),
  opsWorker: known({ status: 'ok', alive: 1, lastBeatAt: NOW }),
  jobs: known({ queued: 0, running: 1, failed: 0 }),
  alerts: known([]),
  activity: known([]),
};

const alert = (severity: 'critical' | 'warning') => ({
  id: severity,
  key: severity,
  severity,
  title: severity,
  detail: '',
  tenantId: undefined,
  openedAt: NOW,
  lastSeenAt: NOW,
  resolvedAt: undefined,
  acknowledged: undefined,
});

describe('the verdict of the overview', () => {
  it('is OK when nothing is wrong', () => {
    assert.deepEqual(judge(WELL), { status: 'ok', troubles: [] });
  });

  it('names the gravest trouble first and lists the others', () => {
    const verdict = judge({
      ...WELL,
      alerts: known([alert('warning'), alert('critical')]),
      jobs: known({ queued: 0, running: 0, failed: 3 }),
      tenants: known({ live: 10, failed: 2 }),
    });

    assert.equal(verdict.status, 'failed');
    assert.deepEqual(verdict.troubles, [
      { kind: 'critical_alerts', count: 1 },
      { kind: 'tenants_failed', count: 2 },
      { kind: 'jobs_failed', count: 3 },
      { kind: 'warnings', count: 1 },
    ]);
  });

  it('does not take no news for good news', () => {
    assert.deepEqual(judge({ ...WELL, streams: unread }), {
      status: 'unknown',
      troubles: [{ kind: 'unreadable', count: 1 }],
    });
  });
});

describe('the ops worker', () => {
  const beat = (silentSeconds: number, saidStopped = false) => ({ beatAt: NOW, silentSeconds, saidStopped });

  it('is judged by its liveliest instance', () => {
    assert.equal(judgeOpsWorker([beat(2), beat(4000)]).status, 'ok');
    assert.equal(judgeOpsWorker([beat(2, true), beat(5)]).status, 'ok');
    assert.equal(judgeOpsWorker([beat(20)]).status, 'stalled');
    assert.equal(judgeOpsWorker([beat(61)]).status, 'stopped');
    assert.equal(judgeOpsWorker([beat(1, true)]).status, 'stopped');
  });

  it('that was never heard of has stopped', () => {
    assert.deepEqual(judgeOpsWorker([]), { status: 'stopped', alive: 0, lastBeatAt: undefined });
  });
});
