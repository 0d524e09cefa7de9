import { once } from 'node:events';
import type { RequestListener, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Running } from '#platform/process.ts';
import { createServer } from './node-http.ts';

export type HttpServer = Running & { port: number; url: string };

/** Requests that run when the stop begins may finish within this time; then their connections are cut. */
const DRAIN_MS = 4000;

/**
 * Serves `listener` on one address. Port 0 takes a free one. A taken port rejects with an error that names it.
 * `stop()` takes no new connection, ends event streams, which would never finish, lets running requests finish and cuts
 * what is still open after 4 s.
 */
export async function startHttpServer(listener: RequestListener, host: string, port: number): Promise<HttpServer> {
  const answers = new Set<ServerResponse>();
  const server = createServer({ keepAliveTimeout: 65_000 }, (req, res) => {
    answers.add(res);
    res.on('close', () => answers.delete(res));
    listener(req, res);
  });
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
        for (const res of answers) letGo(res);
      });
    },
  };
}

/** Ends an event stream; any other answer may finish. Neither keeps its connection for a next request. */
function letGo(res: ServerResponse): void {
  // express may have added a charset.
  const isEventStream = String(res.getHeader('Content-Type')).startsWith('text/event-stream');
  if (isEventStream) {
    // Not as end's callback: the session middleware wraps end and knows no such argument.
    res.once('finish', () => res.req.socket.destroySoon());
    res.end();
  } else if (!res.headersSent) res.setHeader('Connection', 'close');
}
