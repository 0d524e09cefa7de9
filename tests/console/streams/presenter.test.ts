import assert from 'node:assert/strict';
import { presentStreams } from '#console/streams/presenter.ts';
import { consoleTexts } from '#console/texts.ts';
import { STREAM_STATUSES, type StreamReport, type Waiting, type WaitingReport } from '#domain/streams/index.ts';
import { createTranslator, LOCALES, type Locale } from '#platform/http/i18n.ts';

const NOW = new Date('2027-03-01T03:00:00Z');
const EMPTY: Waiting = { byBacklog: [], byAge: [], isEstimate: false };
const WAITING: WaitingReport = { asOf: NOW, tenants: EMPTY, types: EMPTY };

const REPORT: StreamReport = {
  stream: 'events:construction',
  group: 'engines',
  asOf: NOW,
  status: 'WARN',
  reason: 'growing',
  published: 1000,
  processed: 400,
  unpublished: 200,
  backlog: 800,
  parked: [{ reason: 'blocked', events: 7, keys: 2 }],
  oldestUnprocessedAt: new Date(NOW.getTime() - 65_000),
  oldestUnprocessedAgeMs: 65_000,
  rates: { oneMinute: { in: 12.34, out: 20 }, fiveMinutes: undefined },
  drain: { best: 60_000, likely: 104_000, worst: Infinity },
  delays: { publish: { p50: 1.24, p95: 8, p99: 1500 }, effect: undefined },
  deadLetters: 3,
  deadLetterReasons: [{ reason: 'handler_failed', count: 3, newestAt: NOW }],
  relay: {
    process: 'relay',
    status: 'WARN',
    reason: 'failing',
    detail: { error: 'OOM' },
    instance: 'infra:9101',
    startedAt: NOW,
    beatAt: NOW,
    alive: 2,
    warnings: ['Redis forgets everything.'],
  },
  engines: {
    process: 'engines',
    status: 'BLOCKED',
    reason: 'parked_keys',
    detail: { keys: 2 },
    instance: undefined,
    startedAt: undefined,
    beatAt: undefined,
    alive: 0,
    warnings: [],
  },
  shards: [
    {
      shard: 0,
      status: 'REPLAY',
      reason: 'replaying',
      detail: { done: 3, total: 10 },
      owner: undefined,
      inFlight: 593,
      parked: 7,
      oldestAgeMs: 65_000,
    },
  ],
  redis: {
    status: 'OK',
    reason: 'working',
    isStale: false,
    asOf: NOW,
    facts: {
      length: 600,
      pending: 5,
      lag: null,
      consumers: [
        { shard: 0, name: 'infra:9102', pending: 5, idleMs: 1200, deliveries: undefined, oldestPendingMs: undefined },
      ],
    },
    memory: { usedBytes: 64 * 2 ** 20, maxBytes: 256 * 2 ** 20, hoursToFull: 26, asOf: NOW },
  },
  database: { deadTuples: 12, oldestTransaction: { ageMs: 400_000, holder: 'app' } },
};

describe('the streams page', () => {
  const translator = createTranslator(consoleTexts);
  const present = (report: Partial<StreamReport> = {}, waiting = WAITING, locale: Locale = 'en') =>
    presentStreams({ reports: [{ ...REPORT, ...report }], waiting }, { t: translator(locale), locale })[0]!;
  const tile = (key: string, report: Partial<StreamReport> = {}) => {
    const view = present(report);
    const { value, hint } = [...view.tiles, ...view.moreTiles].find(({ id }) => id === `engines-${key}`)!;
    return [value, hint];
  };
  const table = (id: string, report: Partial<StreamReport> = {}, waiting = WAITING) =>
    present(report, waiting).tables.find((found) => found.id === id)!;

  it('says what to do for every status, in each language', () => {
    for (const locale of LOCALES) {
      const told = STREAM_STATUSES.map((status) => present({ status }, WAITING, locale).next);
      assert.equal(new Set(told).size, STREAM_STATUSES.length);
      assert.ok(told.every((words) => !words.includes('streams:')));
    }
  });

  it('begins with how late, how much, until when, and both rates', () => {
    assert.deepEqual(
      present().tiles.map(({ value }) => value),
      ['1m 5s', '800', 'about 1m 44s', '12.3/s', '20/s'],
    );
    assert.deepEqual(tile('drain'), ['about 1m 44s', 'between 1m and never, by the last 5 minutes']);
    assert.deepEqual(tile('rate_in')[1], 'last minute; over 5 minutes: Unknown');
  });

  it('shows what is not known as unknown, never as 0', () => {
    const facts = { length: 1, pending: 1, lag: null, consumers: [] };
    const nothing = {
      rates: { oneMinute: undefined, fiveMinutes: undefined },
      drain: undefined,
      redis: { ...REPORT.redis, facts, memory: undefined },
    };

    assert.equal(tile('rate_out', nothing)[0], 'Unknown');
    assert.equal(tile('drain', nothing)[0], 'Unknown');
    assert.equal(tile('memory', nothing)[0], 'Unknown');
    assert.match(table('consumers', nothing).note!, /Its own lag: Unknown/);
    assert.deepEqual(
      table('consumers').rows[0]!.map(({ text }) => text),
      ['infra:9102', '0', '5', 'Unknown', '–', '1.2s'],
    );
  });

  it('tells delays as fine as they are', () => {
    assert.deepEqual(tile('publish_delay'), ['8ms', 'p50 1.2ms · p99 1.5s, last 5 minutes']);
    assert.deepEqual(tile('effect_delay')[0], '–');
  });

  it('tells when Redis will be full, and who holds a transaction open', () => {
    assert.deepEqual(tile('memory'), ['25 % (64 MB)', 'of 256 MB, full in 1d 2h if it goes on']);
    assert.deepEqual(tile('transaction'), ['at least 6m 40s', 'of app; it keeps vacuum from cleaning']);
    assert.equal(tile('parked')[1], 'behind a dead letter: 7');
  });

  it('marks what Redis said last as stale while it is away', () => {
    const memory = { ...REPORT.redis.memory!, asOf: new Date(NOW.getTime() - 90_000) };
    const redis = { ...REPORT.redis, status: 'UNKNOWN', reason: 'no_answer', isStale: true, memory } as const;
    const view = present({ redis });

    assert.equal(tile('memory', { redis })[1], 'last known, 1m 30s ago');
    assert.ok(view.moreTiles.find(({ id }) => id === 'engines-memory')!.isStale);
    assert.ok(view.processes[2]!.isStale);
  });

  it('says of each process and shard what it knows beyond the status', () => {
    const { processes } = present();

    assert.deepEqual(
      processes.map(({ reason }) => reason),
      ['Trying again after an error: OOM · 1 more stands by', 'Events wait behind a dead letter: 2 records', 'Answers'],
    );
    assert.deepEqual(processes[0]!.warnings, ['Redis forgets everything.']);
    assert.equal(table('shards').rows[0]![1]!.note, 'Doing events again: 3 of 10');
  });

  it('lists stores by how many wait, then those that only wait long, and says when counts are estimates', () => {
    const flood = { key: 'a', label: 'loja-a', count: 900_000, oldestAt: new Date(NOW.getTime() - 5000) };
    const patient = { key: 'b', label: 'loja-b', count: 1, oldestAt: new Date(NOW.getTime() - 60_000) };
    const tenants = { byBacklog: [flood], byAge: [patient], isEstimate: true };

    const { rows, note } = table('waiting-tenants', {}, { ...WAITING, tenants });

    assert.deepEqual(
      rows.map((row) => row.map(({ text }) => text)),
      [
        ['loja-a', '≈ 900,000', '5s'],
        ['loja-b', 'fewer', '1m'],
      ],
    );
    assert.match(note!, /estimated/);
  });
});
