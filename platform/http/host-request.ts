import type { IncomingHttpHeaders } from 'node:http';
import { clientFor } from './node-http.ts';

export type HostResponse = { status: number; headers: IncomingHttpHeaders; body: string };

type Options = { path: string; host: string; timeoutMs: number; signal: AbortSignal };

const MAX_BODY_BYTES = 256 * 1024;

/**
 * GETs `path` from the server at `baseUrl` while asking for `host`, as a browser would that resolved `host` to it: `fetch`
 * does not let a caller choose the Host header. Follows no redirect. Rejects with Node's error, or the signal's reason.
 */
export function getForHost(baseUrl: string, { path, host, timeoutMs, signal }: Options): Promise<HostResponse> {
  const { promise, resolve, reject } = Promise.withResolvers<HostResponse>();
  const url = new URL(path, baseUrl);
  const limit = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
  const options = { headers: { host, connection: 'close' }, servername: host, signal: limit, agent: false };
  const req = clientFor(url).request(url, options, (res) => {
    let body = '';
    res.setEncoding('utf8');
    res.on('data', (text: string) => {
      body += text;
      if (body.length > MAX_BODY_BYTES) req.destroy(new Error('the answer is too long'));
    });
    res.on('end', () => resolve({ status: res.statusCode ?? 0, headers: res.headers, body }));
    res.on('error', reject);
  });
  req.on('error', (error) => reject(limit.aborted ? limit.reason : error));
  req.end();
  return promise;
}
