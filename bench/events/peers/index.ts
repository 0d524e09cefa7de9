import { toError } from '#platform/errors.ts';
import { openEventLab, type EventLab } from '#tests/support/event-lab.ts';
import { medianOf, percentileOf, type Measure } from '../../measure.ts';
import { loadPeer, PEER_NAMES } from './load-peer.ts';
import { SETTINGS } from '../settings.ts';
import { drainPeer, measurePeerLatency } from './measure-peer.ts';
import { createEffects, type Peer, type Servers } from './peer.ts';

type Say = (line: string) => void;

const JOBS = 20_000;
const ROUNDS = 3;
const PER_COMMIT = 10;
const SECONDS = 4;
/** What ours is asked for. A peer that drains less is asked for half of what it drains. */
const MOST_PER_SECOND = 5000;

/** Job queues doing one insert per job against a PostgreSQL and a Redis with our settings. */
export async function comparePeers(say: Say): Promise<Measure[]> {
  const lab = await openEventLab({ shards: 1, tenants: 50, fsync: true, settings: SETTINGS });
  const servers = { postgresUrl: lab.superuserUrl, redisUrl: lab.redisUrl };
  try {
    await createEffects(servers);
    const measures: Measure[] = [];
    for (const name of PEER_NAMES) measures.push(...(await comparePeer({ lab, servers, say }, name)));
    return measures;
  } finally {
    await lab.close();
  }
}

type Parts = { lab: EventLab; servers: Servers; say: Say };

/** No figures of a peer that is not installed or does not work here, and why. */
async function comparePeer(parts: Parts, name: string): Promise<Measure[]> {
  try {
    return await measurePeer(parts, await loadPeer(name));
  } catch (error) {
    parts.say(`${name} was left out: ${toError(error).message}`);
    return [];
  }
}

async function measurePeer({ lab, servers, say }: Parts, peer: Peer): Promise<Measure[]> {
  const parts = { lab, servers, peer };
  const producer = await peer.openProducer(servers);
  try {
    const drains: number[] = [];
    for (let round = 1; round <= ROUNDS; round++) {
      say(`${peer.name} drains ${JOBS} jobs, ${round} of ${ROUNDS} …`);
      drains.push(await drainPeer(parts, producer, JOBS));
    }
    const named = (what: string, unit: string) => ({ id: `events.peer.${peer.name}.${what}`, unit, goal: '–' });
    const drained = medianOf(named('drain_per_s', '1/s'), drains);
    const perSecond = Math.min(MOST_PER_SECOND, Math.round(drained.value / 2));
    say(`${peer.name} is offered ${perSecond} jobs/s …`);
    const latency = await measurePeerLatency(parts, producer, { perSecond, seconds: SECONDS, perCommit: PER_COMMIT });
    return [drained, percentileOf(named('latency_p99_ms', 'ms'), 0.99, [latency])];
  } finally {
    await producer.close();
  }
}
