import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/** A line to a server of this machine that can be cut: new connections are refused, those that are open break. */
export type CutLine = {
  port: number;
  cut(): Promise<void>;
  /** Cuts it once this many more bytes have gone to the server. */
  cutAfter(bytes: number): void;
  mend(): Promise<void>;
};

/** Passes TCP connections on to `targetPort`. Cut it when done. */
export async function startCutLine(targetPort: number): Promise<CutLine> {
  const sockets = new Set<Socket>();
  let server: Server | undefined;
  let bytesLeft = Number.POSITIVE_INFINITY;
  const cut = async () => {
    bytesLeft = Number.POSITIVE_INFINITY;
    const closed = server && once(server, 'close');
    server?.close();
    server = undefined;
    for (const socket of sockets) socket.destroy();
    await closed;
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
      client.on('data', (bytes) => {
        bytesLeft -= bytes.length;
        if (bytesLeft <= 0) void cut();
      });
      client.pipe(upstream).pipe(client);
    });
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    return (server.address() as AddressInfo).port;
  };
  const port = await listen(0);
  return {
    port,
    cut,
    cutAfter(bytes) {
      bytesLeft = bytes;
    },
    async mend() {
      await listen(port);
    },
  };
}
