import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

export type MutableLine = {
  port: number;
  /** From now on what PostgreSQL answers to a COMMIT, and whatever it says after, does not arrive. */
  muteCommits(isMuted: boolean): void;
  close(): void;
};

const COMMIT = /\bcommit\b/i;

/** A line to PostgreSQL on which the answer to a commit can be lost, as when one side dies at that moment. */
export async function startMutableLine(targetPort: number): Promise<MutableLine> {
  const sockets = new Set<Socket>();
  let isMuted = false;
  const server = createServer((client) => {
    const upstream = connect(targetPort, '127.0.0.1');
    let hasCommitted = false;
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on('error', () => socket.destroy());
      socket.on('close', () => {
        client.destroy();
        upstream.destroy();
        sockets.delete(socket);
      });
    }
    client.on('data', (bytes) => {
      hasCommitted ||= isMuted && COMMIT.test(bytes.toString('latin1'));
      upstream.write(bytes);
    });
    upstream.on('data', (bytes) => {
      if (!hasCommitted) client.write(bytes);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    muteCommits(wanted) {
      isMuted = wanted;
    },
    close() {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}
