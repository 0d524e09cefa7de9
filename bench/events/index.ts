import { Redis } from 'ioredis';
import { openEventLab, type EventLab } from '#tests/support/event-lab.ts';
import { medianOf, percentileOf, type Measure } from '../measure.ts';
import { fillOutbox } from './backlog.ts';
import { drain, type Drained } from './drain.ts';
import { measureLatency } from './latency.ts';
import { measureOutage } from './outage.ts';
import { comparePeers } from './peers/index.ts';
import { openBacklogs } from './poll-cost.ts';
import { SETTINGS } from './settings.ts';
import { measureTakeovers } from './takeover.ts';

type Say = (line: string) => void;

const STORES = 50;
const BACKLOG = 100_000;
const DRAINS = 3;
const FLUSHES = 2;
/** Half of what the pipeline is to drain. */
const STEADY = { perSecond: 5000, seconds: 4, perCommit: 10, notify: true };
const QUIET = { perSecond: 50, seconds: 8, perCommit: 1, notify: false };
const ROUNDS = 3;

/**
 * The pipeline from the outbox to the effects of the sales engine, with its real processes and PostgreSQL and Redis of its
 * own, and three job queues doing the like. Takes about six minutes.
 */
export async function run(say: Say): Promise<Measure[]> {
  const lab = await openEventLab({ shards: 1, tenants: STORES, fsync: true, settings: SETTINGS });
  try {
    return [
      // First, while the tables are small enough to be read through for it.
      ...(await measureLatencies(lab, say)),
      ...(await measureDrains(lab, say)),
      ...(await measureFaults(lab, say)),
      ...(await comparePeers(say)),
    ];
  } finally {
    await lab.close();
  }
}

async function measureDrains(lab: EventLab, say: Say): Promise<Measure[]> {
  const calm = await inTurn(DRAINS, say, 'draining 100,000 events', () => drainBacklog(lab));
  const flushed = await inTurn(FLUSHES, say, 'the same with FLUSHALL', () => drainBacklog(lab, () => flush(lab)));
  const drains = medianOf(
    { id: 'events.drain_per_s', unit: '1/s', goal: '>= 10000' },
    calm.map(({ seconds }) => BACKLOG / seconds),
  );
  const rebuild = flushed.map(({ seconds }) => seconds - BACKLOG / drains.value);
  const most = (kind: keyof Drained['peakMb']) => [...calm, ...flushed].map(({ peakMb }) => peakMb[kind]);
  return [
    drains,
    medianOf({ id: 'events.rebuild_s_per_100k', unit: 's', goal: '<= 30' }, rebuild),
    percentileOf({ id: 'events.relay_mb', unit: 'MB', goal: '<= 100' }, 1, [most('relay')]),
    percentileOf({ id: 'events.worker_mb', unit: 'MB', goal: '<= 150' }, 1, [most('worker')]),
  ];
}

async function drainBacklog(lab: EventLab, disturb?: () => Promise<void>): Promise<Drained> {
  await fillOutbox(lab, BACKLOG);
  return drain(lab, BACKLOG, disturb && { disturb });
}

async function flush({ redisUrl }: EventLab): Promise<void> {
  const redis = new Redis(redisUrl);
  await redis.flushall();
  redis.disconnect();
}

async function measureLatencies(lab: EventLab, say: Say): Promise<Measure[]> {
  const fleet = await lab.startFleet({ relays: 1, workers: 1 });
  await measureLatency(lab, () => {}, { ...STEADY, seconds: 1 });
  const steady = await inTurn(ROUNDS, say, `offering ${STEADY.perSecond} events/s`, () =>
    measureLatency(lab, say, STEADY),
  );
  const quiet = await inTurn(ROUNDS, say, 'offering without NOTIFY', () => measureLatency(lab, say, QUIET));
  await fleet.stop();
  return [
    percentileOf({ id: 'events.latency_p50_ms', unit: 'ms', goal: '<= 5' }, 0.5, steady),
    percentileOf({ id: 'events.latency_p99_ms', unit: 'ms', goal: '<= 25' }, 0.99, steady),
    percentileOf({ id: 'events.latency_no_notify_p99_ms', unit: 'ms', goal: '<= 1200' }, 0.99, quiet),
  ];
}

/** The million is written meanwhile: what is measured here is a clock's and a window's doing, not the machine's. */
async function measureFaults(lab: EventLab, say: Say): Promise<Measure[]> {
  const filling = openBacklogs();
  filling.catch(() => undefined);
  say('killing owners of a shard, with a million events being written beside …');
  const takeovers = await measureTakeovers(lab);
  say('a minute without a worker …');
  const redisMb = await measureOutage(lab);
  const backlogs = await filling;
  say('polling a thousand and a million …');
  const ratios = await backlogs.measure();
  await backlogs.close();
  return [
    medianOf({ id: 'events.takeover_s', unit: 's', goal: '<= 15' }, takeovers),
    percentileOf({ id: 'events.redis_peak_mb', unit: 'MB', goal: '<= 205' }, 1, [redisMb]),
    medianOf({ id: 'events.poll_backlog_ratio', unit: 'x', goal: '<= 2' }, ratios),
  ];
}

async function inTurn<T>(times: number, say: Say, what: string, once: () => Promise<T>): Promise<T[]> {
  const results: T[] = [];
  for (let turn = 1; turn <= times; turn++) {
    say(`${what}, ${turn} of ${times} …`);
    results.push(await once());
  }
  return results;
}
