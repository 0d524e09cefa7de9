import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/** A line to a server of this machine that can be cut: new connections are refused, those that are open break. */
export type CutLine = {
  port: number;
  cut(): Promise<void>;
  mend(): Promise<void>;
  /** Breaks the open connections; new ones are taken. */
  drop(): void;
  /** The same once this many more bytes have gone to the server. */
  dropAfter(bytes: number): void;
};

/** Passes TCP connections on to `targetPort`. Cut it when done. */
export async function startCutLine(targetPort: number): Promise<CutLine> {
  const sockets = new Set<Socket>();
  let server: Server | undefined;
  let bytesLeft = Number.POSITIVE_INFINITY;
  const drop = () => {
    bytesLeft = Number.POSITIVE_INFINITY;
    for (const socket of sockets) socket.destroy();
  };
  const pass = (bytes: Buffer, upstream: Socket) => {
    upstream.write(bytes.subarray(0, bytesLeft));
    bytesLeft -= bytes.length;
    if (bytesLeft <= 0) upstream.end(drop);
  };
  const listen = async (port: number) => {
    server = createServer((client) => {
      const upstream = connect(targetPort, '127.0.0.1');
      for (const socket of [client, upstream]) {
        sockets.add(socket);
        socket.on('close', () => {
          client.destroy();
          upstream.destroy();
          sockets.delete(socket);
        });
        socket.on('error', () => socket.destroy());
      }
      client.on('data', (bytes) => pass(bytes, upstream)).on('end', () => upstream.end());
      upstream.pipe(client);
    });
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    return (server.address() as AddressInfo).port;
  };
  const port = await listen(0);
  return {
    port,
    drop,
    dropAfter(bytes) {
      bytesLeft = bytes;
    },
    async cut() {
      const closed = server && once(server, 'close');
      server?.close();
      server = undefined;
      drop();
      await closed;
    },
    async mend() {
      await listen(port);
    },
  };
}
