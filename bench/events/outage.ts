import { Redis } from 'ioredis';
import type { EventLab } from '#tests/support/event-lab.ts';
import { offerEvents } from './latency.ts';

const SAMPLE_EVERY_MS = 200;

/**
 * The most memory Redis uses, in MB, while a minute of 1,000 events/s comes and no worker runs. A minute proves an hour: the
 * window is full after two seconds, and from then on events wait in PostgreSQL alone.
 */
export async function measureOutage(lab: EventLab): Promise<number[]> {
  const redis = new Redis(lab.redisUrl);
  const samples: number[] = [];
  const sampling = setInterval(() => {
    void redis.info('memory').then((info) => samples.push(Number(/^used_memory:(\d+)/m.exec(info)?.[1]) / 2 ** 20));
  }, SAMPLE_EVERY_MS);
  const relay = await lab.startFleet({ relays: 1, workers: 0 });
  await offerEvents(lab, 'outage', { perSecond: 1000, seconds: 60, perCommit: 10, notify: true });
  clearInterval(sampling);
  await relay.stop();
  redis.disconnect();
  return samples;
}
