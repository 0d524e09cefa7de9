import assert from 'node:assert/strict';
import {
  deliverNotices,
  endMute,
  forgetOldAlerts,
  listDeliveries,
  listEndedAlerts,
  listOpenAlerts,
  muteAlerts,
  openAlert,
  resolveAlert,
  sendTest,
  watchConditions,
  type DueDelivery,
  type Senders,
} from '#domain/alerts/index.ts';
import { streamConditions, type StreamReport } from '#domain/streams/index.ts';
import type { Context } from '#platform/context.ts';
import { eventually } from '#tests/support/eventually.ts';
import { openConsoleDatabase, type ConsoleDatabase } from '#tests/support/console-database.ts';

const START = Date.parse('2026-11-27T03:00:00Z');

/** A report of a stream on which nothing is wrong, and what is different about it. */
function reportOf(changes: object): StreamReport {
  const calm = {
    stream: 'events:construction',
    status: 'OK',
    reason: 'idle',
    backlog: 0,
    oldestUnprocessedAgeMs: undefined,
    deadLetters: 0,
    deadLetterReasons: [],
    relay: { status: 'OK' },
    engines: { status: 'OK' },
    redis: { memory: { usedBytes: 10, maxBytes: 100 } },
    database: { oldestTransaction: undefined },
  };
  return { ...calm, ...changes } as unknown as StreamReport;
}

describe('what on-call people are told', () => {
  let opened: ConsoleDatabase;
  let ctx: Context;
  let seconds = 0;
  let told: string[];
  let outage: Error | undefined;

  const say = (delivery: DueDelivery) => {
    if (outage) return Promise.reject(outage);
    told.push(`${delivery.transition} ${delivery.alert?.title ?? ''}`.trim());
    return Promise.resolve();
  };
  let senders: Senders;

  before(async () => {
    opened = await openConsoleDatabase();
    ctx = { ...opened.ctx, clock: { now: () => new Date(START + seconds * 1000) } };
  });
  after(() => opened?.drop());
  beforeEach(async () => {
    told = [];
    outage = undefined;
    senders = { webhook: say };
    seconds += 3600;
    for (const { key } of await listOpenAlerts(ctx)) await resolveAlert(ctx, key);
    await deliverNotices(ctx, {});
  });

  /** Looks every five seconds for so long, and says what there is to say. */
  const watch = async (forSeconds: number, changes: object, by = ctx) => {
    for (let passed = 0; passed < forSeconds; passed += 5) {
      seconds += 5;
      await watchConditions(by, streamConditions([reportOf(changes)]));
      await deliverNotices(by, senders);
    }
  };
  const stopped = { status: 'STOPPED', reason: 'silent', backlog: 7, oldestUnprocessedAgeMs: 200_000 };

  it('is nothing of a blip of 20 s', async () => {
    await watch(60, {});
    await watch(20, stopped);
    await watch(120, {});

    assert.deepEqual(told, []);
  });

  it('is one alert and one end of an outage of 5 min, though it changes its face and what waited is late after it', async () => {
    await watch(60, {});
    await watch(60, { status: 'STALLED', backlog: 5, oldestUnprocessedAgeMs: 50_000 });
    await watch(240, stopped);
    await watch(45, { status: 'WARN', backlog: 3, oldestUnprocessedAgeMs: 300_000 });
    await watch(120, {});

    assert.deepEqual(told, [
      'opened The stream events:construction is STOPPED',
      'resolved The stream events:construction is late',
    ]);
  });

  it('is that events are late, that there are dead letters, that Redis is full and that a transaction stays open', async () => {
    await watch(90, {
      status: 'WARN',
      oldestUnprocessedAgeMs: 61_000,
      deadLetters: 2,
      deadLetterReasons: [{ reason: 'handler_failed', count: 2 }],
      redis: { memory: { usedBytes: 81, maxBytes: 100 } },
      database: { oldestTransaction: { ageMs: 301_000, holder: 'console' } },
    });

    assert.deepEqual(told.toSorted(), [
      'opened A transaction has been open for 5 min',
      'opened Dead letters in events:construction: 2',
      'opened Redis has used 81 % of its memory',
      'opened The stream events:construction is late',
    ]);
  });

  it('is nothing of what somebody has paused', async () => {
    await watch(200, { status: 'PAUSED', backlog: 7, oldestUnprocessedAgeMs: 900_000 });

    assert.deepEqual(told, []);
  });

  it('is told once although two workers watch and tell', async () => {
    for (let n = 0; n < 20; n++) {
      seconds += 5;
      const look = async () => {
        await watchConditions(ctx, streamConditions([reportOf(stopped)]));
        await deliverNotices(ctx, senders);
      };
      await Promise.all([look(), look()]);
    }

    assert.equal(told.length, 1);
  });

  it('comes in its order once a way out that was away answers again, with its id unchanged', async () => {
    const seen: string[] = [];
    senders = { webhook: (delivery) => (seen.push(`${delivery.attempt} ${delivery.id}`), say(delivery)) };
    outage = new Error('the webhook answered 503');
    await openAlert(ctx, { key: 'test:away', severity: 'warning', title: 'A test', detail: 'of patience' });
    await deliverNotices(ctx, senders);
    await resolveAlert(ctx, 'test:away');
    await deliverNotices(ctx, senders);
    const [failed] = (await listDeliveries(ctx, 5)).filter(
      ({ transition, title }) => transition === 'opened' && title === 'A test',
    );
    assert.equal(failed!.lastError, 'the webhook answered 503');

    outage = undefined;
    for (let n = 0; n < 10; n++) {
      seconds += 30;
      await deliverNotices(ctx, senders);
    }

    assert.deepEqual(told, ['opened A test', 'resolved A test']);
    const ids = seen.map((attempt) => attempt.split(' ')[1]);
    assert.equal(new Set(ids).size, 2);
    assert.equal(ids[0], ids[1]);
  });

  it('is not what is muted, nor its end, and is again when that is over or ended', async () => {
    const alert = { key: 'test:muted', severity: 'warning', title: 'Muted', detail: '' } as const;
    const turn = async () => {
      await openAlert(ctx, alert);
      await deliverNotices(ctx, senders);
      await resolveAlert(ctx, alert.key);
      await deliverNotices(ctx, senders);
    };
    await muteAlerts(ctx, { key: alert.key, reason: 'we know', forMinutes: 30 });
    await turn();
    assert.deepEqual(told, []);

    seconds += 31 * 60;
    await turn();
    assert.deepEqual(told, ['opened Muted', 'resolved Muted']);

    const { id } = await muteAlerts(ctx, { key: alert.key, reason: 'again', forMinutes: 30 });
    await endMute(ctx, id);
    await turn();
    assert.equal(told.length, 4);
  });

  it('is a test, when somebody asks for one, on every way out', async () => {
    senders = { webhook: say, email: say };

    await sendTest(ctx);
    await deliverNotices(ctx, senders);

    assert.deepEqual(told, ['test', 'test']);
  });

  it('is what opened while it was muted and is open still, once the mute is over', async () => {
    const alert = { key: 'test:late', severity: 'warning', title: 'Still so', detail: '' } as const;
    await muteAlerts(ctx, { key: alert.key, reason: 'we know', forMinutes: 30 });
    await openAlert(ctx, alert);
    await deliverNotices(ctx, senders);
    assert.deepEqual(told, []);

    seconds += 31 * 60;
    await deliverNotices(ctx, senders);
    await deliverNotices(ctx, senders);
    await resolveAlert(ctx, alert.key);
    await deliverNotices(ctx, senders);

    assert.deepEqual(told, ['opened Still so', 'resolved Still so']);
  });

  it('is that a warning became critical, once', async () => {
    const alert = { key: 'test:worse', title: 'Worse', detail: '' };
    for (const severity of ['warning', 'critical', 'warning', 'critical'] as const) {
      await openAlert(ctx, { ...alert, severity });
      await deliverNotices(ctx, senders);
    }

    assert.deepEqual(told, ['opened Worse', 'worsened Worse']);
  });

  it('waits on one way out and not on the other', async () => {
    const { promise: never, resolve: end } = Promise.withResolvers<void>();
    const mailed = Promise.withResolvers<void>();
    senders = {
      webhook: () => never,
      email: async (delivery) => {
        await say(delivery);
        mailed.resolve();
      },
    };
    await openAlert(ctx, { key: 'test:slow', severity: 'warning', title: 'Slow', detail: '' });

    const delivering = deliverNotices(ctx, senders);
    await mailed.promise;
    assert.deepEqual(told, ['opened Slow']);
    end();
    await delivering;
  });

  it('keeps the word of whoever took it over from one who answered too late', async () => {
    const { promise: late, reject } = Promise.withResolvers<void>();
    await openAlert(ctx, { key: 'test:slept', severity: 'warning', title: 'Slept', detail: '' });
    const sleeping = deliverNotices(ctx, { webhook: () => late });
    const slept = async () => (await listDeliveries(ctx, 5)).find(({ title }) => title === 'Slept');
    await eventually(async () => (await slept())?.attempts === 1);

    seconds += 61;
    await deliverNotices(ctx, senders);
    reject(new Error('the process slept'));
    await sleeping;

    const delivery = await slept();
    assert.deepEqual([delivery!.state, delivery!.attempts, told], ['sent', 2, ['opened Slept']]);
  });

  it('begins nothing new once it is to stop', async () => {
    const stop = new AbortController();
    for (const key of ['test:one', 'test:two'])
      await openAlert(ctx, { key, severity: 'warning', title: key, detail: '' });
    senders = { webhook: (delivery) => (stop.abort(), say(delivery)) };

    await deliverNotices(ctx, senders, stop.signal);

    assert.equal(told.length, 1);
  });

  it('is forgotten 90 days after its end, with its mutes and tests, and not before', async () => {
    await openAlert(ctx, { key: 'test:old', severity: 'warning', title: 'Old', detail: '' });
    await resolveAlert(ctx, 'test:old');
    const ended = async () => (await listEndedAlerts(ctx, 100)).filter(({ title }) => title === 'Old').length;

    seconds += 89 * 86_400;
    await forgetOldAlerts(ctx);
    assert.equal(await ended(), 1);
    seconds += 2 * 86_400;
    await forgetOldAlerts(ctx);
    assert.equal(await ended(), 0);
  });
});
