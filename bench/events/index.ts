import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { ROOT } from '#ops/local/layout.ts';
import { warmCompileCache } from '#ops/local/warm-cache.ts';
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
/** Half of what the pipeline is to drain, whatever this machine lets it drain. */
const STEADY = { perSecond: 5000, seconds: 4, perCommit: 10, notify: true };
const QUIET = { perSecond: 50, seconds: 6, perCommit: 1, notify: false };
const ROUNDS = 3;

/**
 * The pipeline from the outbox to the effects of the sales engine, with its real processes and PostgreSQL and Redis of its
 * own, and three job queues doing the like. Takes about six minutes.
 */
export async function run(say: Say): Promise<Measure[]> {
  await useWarmCache();
  const drains = await onFreshLab((lab) => measureDrains(lab, say));
  const half = Math.round(drains[0]!.value / 20) * 10;
  return [
    ...drains,
    ...(await onFreshLab((lab) => measureLatencies(lab, half, say))),
    ...(await measureFaults(say)),
    ...(await comparePeers(say)),
  ];
}

/** As on a droplet, where the processes are not started for the first time. */
async function useWarmCache(): Promise<void> {
  const folder = join(ROOT, 'node_modules/.cache/bench');
  await mkdir(folder, { recursive: true });
  await warmCompileCache(folder, ['workers/outbox-relay.ts', 'workers/engines.ts'], AbortSignal.timeout(60_000));
  process.env.NODE_COMPILE_CACHE = folder;
}

async function onFreshLab<T>(use: (lab: EventLab) => Promise<T>): Promise<T> {
  const lab = await openEventLab({ shards: 1, tenants: STORES, fsync: true, settings: SETTINGS });
  try {
    return await use(lab);
  } finally {
    await lab.close();
  }
}

async function measureDrains(lab: EventLab, say: Say): Promise<Measure[]> {
  const calm = await inTurn(DRAINS, say, 'draining 100,000 events', () => drainBacklog(lab));
  const flushed = await inTurn(1, say, 'the same with FLUSHALL', () => drainBacklog(lab, () => flush(lab)));
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

async function measureLatencies(lab: EventLab, half: number, say: Say): Promise<Measure[]> {
  const fleet = await lab.startFleet({ relays: 1, workers: 1 });
  const offer = (what: typeof STEADY) =>
    inTurn(ROUNDS, say, `offering ${what.perSecond} events/s`, () => measureLatency(lab, say, what));
  await measureLatency(lab, () => {}, { ...STEADY, seconds: 1 });
  const steady = await offer(STEADY);
  const halfLoad = await offer({ ...STEADY, perSecond: half });
  say('without NOTIFY:');
  const quiet = await offer(QUIET);
  await fleet.stop();
  const [p50, p99] = [
    { unit: 'ms', goal: '<= 5' },
    { unit: 'ms', goal: '<= 25' },
  ];
  return [
    percentileOf({ id: 'events.latency_p50_ms', ...p50 }, 0.5, steady),
    percentileOf({ id: 'events.latency_p99_ms', ...p99 }, 0.99, steady),
    percentileOf({ id: 'events.latency_half_load_p50_ms', ...p50 }, 0.5, halfLoad),
    percentileOf({ id: 'events.latency_half_load_p99_ms', ...p99 }, 0.99, halfLoad),
    percentileOf({ id: 'events.latency_no_notify_p99_ms', unit: 'ms', goal: '<= 1200' }, 0.99, quiet),
  ];
}

/** All at once, since each is the doing of a clock or of a window, not of the machine; the polls, which are not, come after. */
async function measureFaults(say: Say): Promise<Measure[]> {
  say('killing owners of a shard; a minute without a worker; a million events …');
  const [takeovers, redisMb, backlogs] = await Promise.all([
    onFreshLab(measureTakeovers),
    onFreshLab(measureOutage),
    openBacklogs(),
  ]);
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
