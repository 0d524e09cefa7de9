import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

export type CountingProxy = {
  port: number;
  /** Connections taken since the start. */
  readonly connections: number;
  /** Connections open now. */
  readonly open: number;
  stop(): Promise<void>;
};

/** Passes TCP connections on to a port of this machine and counts them. */
export async function startCountingProxy(targetPort: number): Promise<CountingProxy> {
  const sockets = new Set<Socket>();
  let connections = 0;
  const server = createServer((client) => {
    connections += 1;
    sockets.add(client);
    const upstream = connect(targetPort, '127.0.0.1');
    const end = () => {
      client.destroy();
      upstream.destroy();
      sockets.delete(client);
    };
    for (const socket of [client, upstream]) socket.on('close', end).on('error', end).setNoDelay(true);
    client.pipe(upstream).pipe(client);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    get connections() {
      return connections;
    },
    get open() {
      return sockets.size;
    },
    async stop() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
