import { once } from 'node:events';
import type { RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Running } from '#platform/process.ts';
import { createServer } from './node-http.ts';

export type HttpServer = Running & { port: number; url: string };

/** Requests that run when the stop begins may finish within this time; then their connections are cut. */
const DRAIN_MS = 4000;

/**
 * Serves `listener` on one address. Port 0 takes a free one. A taken port rejects with an error that names it.
 * `stop()` takes no new connection, lets running requests finish and cuts what is open after 4 s (event streams).
 */
export async function startHttpServer(listener: RequestListener, host: string, port: number): Promise<HttpServer> {
  const server = createServer({ keepAliveTimeout: 65_000 }, listener);
  server.listen(port, host);
  try {
    await once(server, 'listening');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EADDRINUSE')
      throw new Error(`Port ${port} on ${host} is taken by another program.`, { cause: error });
    throw error;
  }
  const bound = (server.address() as AddressInfo).port;
  return {
    port: bound,
    url: `http://${host}:${bound}`,
    stop() {
      return new Promise((resolve) => {
        const cut = setTimeout(() => server.closeAllConnections(), DRAIN_MS);
        server.close(() => {
          clearTimeout(cut);
          resolve();
        });
        server.closeIdleConnections();
      });
    },
  };
}
