import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { newId } from '#platform/ids.ts';
import type { EventLab } from '#tests/support/event-lab.ts';
import { drawStores } from '../backlog.ts';
import { onSchedule } from '../schedule.ts';
import type { Job, Peer, Servers } from './peer.ts';

const LOOK_EVERY_MS = 50;
const PER_INSERT = 1000;
const FILLER = 'x'.repeat(60);
const PATIENCE_MS = 60_000;

type Parts = { lab: EventLab; peer: Peer; servers: Servers };
type Producer = Awaited<ReturnType<Peer['openProducer']>>;

/** Jobs per second from the first committed effect of a backlog to the last. */
export async function drainPeer({ lab, peer, servers }: Parts, producer: Producer, total: number): Promise<number> {
  await lab.rows('truncate bench.effects');
  for (let left = total; left > 0; left -= PER_INSERT)
    await producer.enqueue(makeJobs(lab, { count: Math.min(PER_INSERT, left), batch: 0 }));
  const consumer = await startConsumer(peer, servers);
  await untilEffects(lab, total);
  await end(consumer);
  const [row] = await lab.rows<{ seconds: number }>(
    `select extract(epoch from max(pg_xact_commit_timestamp(xmin)) - min(pg_xact_commit_timestamp(xmin)))::float8 as seconds
       from bench.effects`,
  );
  return total / row!.seconds;
}

type Load = { perSecond: number; seconds: number; perCommit: number };

/** From the moment its producer knew that a job was committed to the commit of its effect. Units: ms. */
export async function measurePeerLatency(parts: Parts, producer: Producer, load: Load): Promise<number[]> {
  const { lab, peer, servers } = parts;
  await lab.rows('truncate bench.effects');
  const consumer = await startConsumer(peer, servers);
  const committedAt: number[] = [];
  let count = 0;
  await onSchedule(load, async (batch) => {
    await producer.enqueue(makeJobs(lab, { count: load.perCommit, batch }));
    committedAt[batch] = performance.timeOrigin + performance.now();
    count += load.perCommit;
  });
  await untilEffects(lab, count);
  await end(consumer);
  const effects = await lab.rows<{ batch: number; at: number }>(
    'select batch, extract(epoch from pg_xact_commit_timestamp(xmin))::float8 * 1000 as at from bench.effects',
  );
  // Its effect may be committed before the producer has heard of the job.
  return effects.map(({ batch, at }) => Math.max(0, at - committedAt[batch]!));
}

function makeJobs({ tenants }: EventLab, { count, batch }: { count: number; batch: number }): Job[] {
  return drawStores(tenants, count).map((store) => ({
    id: newId(),
    store,
    batch,
    total: '10.00',
    filler: FILLER,
  }));
}

async function startConsumer({ name }: Peer, servers: Servers): Promise<ChildProcess> {
  const child = fork(new URL('consumer.ts', import.meta.url), { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  child.send({ name, servers });
  const answer = await Promise.race([once(child, 'message'), once(child, 'exit')]);
  if (answer[0] !== 'ready') throw new Error(`${name} did not start`);
  return child;
}

async function end(child: ChildProcess): Promise<void> {
  const gone = once(child, 'exit');
  child.kill('SIGTERM');
  setTimeout(() => child.kill('SIGKILL'), 2000).unref();
  await gone;
}

async function untilEffects({ rows }: EventLab, count: number): Promise<void> {
  const deadline = performance.now() + PATIENCE_MS;
  for (;;) {
    const [row] = await rows<{ count: number }>('select count(*)::int as count from bench.effects');
    if (row!.count >= count) return;
    if (performance.now() > deadline) throw new Error(`only ${row!.count} of ${count} jobs were done within a minute`);
    await pause(LOOK_EVERY_MS);
  }
}
