import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { Agent, request } from 'node:http';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { startTestEdge } from '#tests/support/edge.ts';
import { medianOf, type Measure } from '../measure.ts';

const TENANTS = 5000;
const ROUNDS = 7;
const PER_ROUND = 2000;

/** What the edge adds to a request that it passes on, with 5,000 stores present: half of the requests see less. */
export async function measureAddedByEdge(): Promise<Measure> {
  const upstream = new Worker(new URL('./tiny-upstream.ts', import.meta.url));
  const [port] = (await once(upstream, 'message')) as [number];
  const edge = await startTestEdge({ appServers: [`127.0.0.1:${port}`] });
  try {
    const hosts = Array.from({ length: TENANTS }, (_, index) => `store-${index}`);
    await Promise.all(hosts.map((slug) => writeFile(join(edge.tenantsDir, `${slug}.json`), '{}')));
    return await compare(`http://127.0.0.1:${port}`, edge.url);
  } finally {
    await edge.stop();
    await upstream.terminate();
  }
}

/** Both ways in turn, request by request, so that whatever else the machine does hits both alike. */
async function compare(direct: string, throughEdge: string): Promise<Measure> {
  const added: number[] = [];
  const ways = [direct, throughEdge].map((origin) => ({
    origin,
    agent: new Agent({ keepAlive: true, maxSockets: 1 }),
  }));
  // The first round warms both up.
  for (let round = 0; round <= ROUNDS; round++) {
    const samples: number[][] = ways.map(() => []);
    for (let index = 0; index < PER_ROUND; index++) {
      const host = `store-${(index * 7919 + round) % TENANTS}.localhost`;
      for (const [way, { origin, agent }] of ways.entries()) samples[way]!.push(await timed(origin, host, agent));
    }
    const [alone = 0, withEdge = 0] = samples.map(middle);
    if (round > 0) added.push(withEdge - alone);
  }
  for (const { agent } of ways) agent.destroy();
  return medianOf({ id: 'edge.added_p50_ms', unit: 'ms', goal: '<= 0.3' }, added);
}

async function timed(origin: string, host: string, agent: Agent): Promise<number> {
  const startedAt = performance.now();
  const call = request(`${origin}/web/x`, { agent, headers: { host } }).end();
  const [answer] = await once(call, 'response');
  answer.resume();
  await once(answer, 'end');
  if (answer.statusCode !== 200) throw new Error(`${origin} answered ${String(answer.statusCode)} for ${host}`);
  return performance.now() - startedAt;
}

function middle(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;
}
