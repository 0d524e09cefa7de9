import type { Peer } from './peer.ts';

const PEERS: Record<string, () => Promise<{ peer: Peer }>> = {
  'graphile-worker': () => import('./graphile-worker.ts'),
  bullmq: () => import('./bullmq.ts'),
  'pg-boss': () => import('./pg-boss.ts'),
};

export const PEER_NAMES = Object.keys(PEERS);

/** Rejects when its package is not installed. */
export async function loadPeer(name: string): Promise<Peer> {
  const { peer } = await PEERS[name]!();
  return peer;
}
