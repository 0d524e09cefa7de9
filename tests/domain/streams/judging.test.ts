import assert from 'node:assert/strict';
import { describeEngines, judgeRelayStage, judgeShard, type Evidence } from '#domain/streams/judging.ts';
import type { HeartbeatRow, StageSample } from '#domain/streams/listings.ts';
import { RELAY_STAGE, type Reading } from '#domain/streams/readings.ts';

const NOW = new Date('2027-03-01T12:00:00Z');
const ago = (ms: number) => new Date(NOW.getTime() - ms);

const reading = (said: Partial<Reading> = {}): Reading => ({
  group: 'engines',
  shard: 0,
  at: NOW,
  published: 10,
  processed: 10,
  parked: 0,
  backlog: 0,
  oldestAt: undefined,
  lastDoneAt: undefined,
  owner: 'infra:9102',
  delays: [],
  oldestOfAllAt: undefined,
  ...said,
});
const waiting = (ms: number, said: Partial<Reading> = {}) =>
  reading({ published: 13, backlog: 3, oldestAt: ago(ms), ...said });
const relayReading = (of: Reading): Reading => ({ ...of, group: RELAY_STAGE });

const beat = (process: string, said: Partial<HeartbeatRow> = {}): HeartbeatRow => ({
  process,
  instance: process === 'relay' ? 'infra:9101' : 'infra:9102',
  startedAt: ago(3_600_000),
  beatAt: ago(2000),
  ageMs: 2000,
  role: process === 'relay' ? 'active' : undefined,
  state: 'ok',
  error: undefined,
  warnings: [],
  shards: process === 'relay' ? [] : [0],
  ...said,
});
const sample = (group: string, agoMs: number, backlog = 0): StageSample => ({
  group,
  shard: 0,
  at: ago(agoMs),
  published: 10 + backlog,
  processed: 10,
  backlog,
  oldestAgeMs: backlog > 0 ? 1000 : undefined,
});

const evidence = (said: Partial<Evidence> = {}): Evidence => ({
  samples: [],
  beats: [beat('relay'), beat('engines')],
  parked: [],
  pauses: [],
  replay: undefined,
  isLost: false,
  ...said,
});
const SILENT = { ageMs: 60_000, beatAt: ago(60_000) };

describe('the status of a stage', () => {
  const told = (judged: { status: string; reason: string }) => [judged.status, judged.reason];

  it('is OK while nothing waits and somebody is there', () => {
    assert.deepEqual(told(judgeShard(reading(), evidence())), ['OK', 'idle']);
  });

  it('is STOPPED when the relay died before the work came, although no sample was taken since', () => {
    const samples = [sample(RELAY_STAGE, 65_000), sample(RELAY_STAGE, 60_000)];

    const judged = judgeRelayStage(
      relayReading(waiting(20_000)),
      evidence({ samples, beats: [beat('relay', SILENT)] }),
    );

    assert.deepEqual(told(judged), ['STOPPED', 'silent']);
  });

  it('is STOPPED also for an event that a long transaction dated back to before the last sample', () => {
    const samples = [sample(RELAY_STAGE, 60_000)];

    const judged = judgeRelayStage(
      relayReading(waiting(90_000)),
      evidence({ samples, beats: [beat('relay', SILENT)] }),
    );

    assert.deepEqual(told(judged), ['STOPPED', 'silent']);
  });

  it('is STOPPED when work waits and no relay was ever heard of', () => {
    assert.deepEqual(told(judgeRelayStage(relayReading(waiting(20_000)), evidence({ beats: [] }))), [
      'STOPPED',
      'no_owner',
    ]);
  });

  it('is STALLED when the owner lives, work waits and nothing was done, without a single sample', () => {
    assert.deepEqual(told(judgeShard(waiting(40_000, { lastDoneAt: ago(50_000) }), evidence())), [
      'STALLED',
      'no_progress',
    ]);
  });

  it('is not STALLED when something was done since the oldest event came', () => {
    assert.deepEqual(told(judgeShard(waiting(40_000, { lastDoneAt: ago(100) }), evidence())), ['WARN', 'late']);
  });

  it('is OK for one event after a long silence', () => {
    const samples = [sample('engines', 8000), sample('engines', 3000)];

    assert.deepEqual(told(judgeShard(waiting(50), evidence({ samples }))), ['OK', 'working']);
  });

  it('is LOST when Redis is another one, and BLOCKED with how many records wait behind a dead letter', () => {
    const parked = [
      { shard: 0, reason: 'blocked', events: 7, keys: 2 },
      { shard: 1, reason: 'blocked', events: 9, keys: 9 },
    ];
    const blocked = judgeShard(reading({ parked: 7 }), evidence({ parked }));

    assert.deepEqual(told(judgeShard(reading(), evidence({ isLost: true }))), ['LOST', 'epoch_differs']);
    assert.deepEqual([...told(blocked), blocked.detail], ['BLOCKED', 'parked_keys', { keys: 2 }]);
  });

  it('is PAUSED, by whom and since when, where a shard or everything is; a store that is paused stops no shard', () => {
    const pause = { pausedBy: 'olivia', pausedAt: ago(60_000) };
    const late = waiting(40_000);
    const paused = (scope: 'all' | 'shard' | 'tenant', target: string) =>
      evidence({ pauses: [{ ...pause, scope, target }] });

    const judged = judgeShard(late, paused('shard', '0'));

    assert.deepEqual([...told(judged), judged.detail], ['PAUSED', 'paused', { by: 'olivia', since: ago(60_000) }]);
    assert.equal(judgeShard(late, paused('shard', '1')).status, 'STALLED');
    assert.equal(judgeShard(late, paused('tenant', 'some-id')).status, 'STALLED');
    assert.equal(judgeRelayStage(relayReading(late), paused('all', '')).status, 'PAUSED');
    assert.equal(judgeRelayStage(relayReading(late), paused('shard', '0')).status, 'STALLED');
  });

  it('is that of the shard’s own worker, while another one lives', () => {
    const beats = [
      beat('engines', { instance: 'other:1' }),
      beat('engines', { ...SILENT, instance: 'infra:9102', error: 'no memory' }),
    ];

    const judged = judgeShard(waiting(20_000), evidence({ beats }));

    assert.deepEqual([...told(judged), judged.detail], ['STOPPED', 'silent', { error: 'no memory' }]);
  });
});

describe('what is said of a process', () => {
  it('is said by the one at work, with how many live and what it warns of', () => {
    const beats = [
      beat('relay', { instance: 'standby:1', role: 'standby' }),
      beat('relay', { warnings: ['Redis forgets everything.'] }),
      beat('relay', { ...SILENT, instance: 'dead:1' }),
    ];

    const relay = judgeRelayStage(relayReading(reading()), evidence({ beats }));

    assert.deepEqual([relay.instance, relay.alive, relay.warnings], ['infra:9101', 2, ['Redis forgets everything.']]);
  });

  it('is silent about warnings of a process that is gone', () => {
    const beats = [beat('engines', { ...SILENT, warnings: ['old'] })];

    assert.deepEqual(describeEngines({ status: 'STOPPED', reason: 'silent' }, beats).warnings, []);
  });
});
