import { loadPeer } from './load-peer.ts';
import type { Servers } from './peer.ts';

// A process of its own for a peer's handlers, so that whoever offers the jobs does not share their thread.
process.once('message', (order: { name: string; servers: Servers }) => {
  void loadPeer(order.name)
    .then((peer) => peer.startConsumer(order.servers))
    .then(() => process.send!('ready'));
});
process.once('disconnect', () => process.exit(0));
