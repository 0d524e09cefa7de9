import { request, type IncomingMessage, type ServerResponse } from 'node:http';
import { startHttpServer } from '#platform/http/server.ts';
import { EDGE_SECRET, type StoreSite } from './store-site.ts';

export type StoreFront = {
  /** A store's address for a browser; `*.localhost` is this machine. */
  url(slug: string): string;
  stop(): Promise<void>;
};

/** Stands where the edge stands: routes by path and says which store it is. For pages in a browser, without nginx. */
export async function openStoreFront({ urls }: Pick<StoreSite, 'urls'>): Promise<StoreFront> {
  const pass = (req: IncomingMessage, res: ServerResponse) => {
    const slug = req.headers.host!.split('.')[0]!;
    const upstream = req.url!.startsWith('/auth/') ? urls.auth : urls.app;
    const headers = {
      ...req.headers,
      'x-edge-auth': EDGE_SECRET,
      'x-tenant-slug': slug,
      'x-forwarded-for': '203.0.113.9',
    };
    const onward = request(new URL(req.url!, upstream), { method: req.method, headers }, (answer) => {
      res.writeHead(answer.statusCode!, answer.headers);
      answer.pipe(res);
    });
    onward.on('error', () => res.writeHead(502).end());
    req.pipe(onward);
  };
  const server = await startHttpServer(pass, '127.0.0.1', 0);
  return { url: (slug) => `http://${slug}.localhost:${server.port}`, stop: () => server.stop() };
}
