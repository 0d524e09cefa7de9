import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { toError } from '#platform/errors.ts';

/** Asks one dependency whether it answers; resolves when it does, rejects with the reason when it does not. */
type ReadinessCheck = () => Promise<unknown>;

type Options = { checks: Record<string, ReadinessCheck>; metrics: () => Promise<string> };

const CHECK_WITHIN_MS = 2000;

/**
 * The three addresses every process answers: `/health` (the process lives), `/ready` (its dependencies answer, else 503
 * with the reason of each) and `/metrics` (Prometheus text). Anything else goes to `next`, by default 404.
 */
export function serviceListener({ checks, metrics }: Options, next: RequestListener = notFound): RequestListener {
  return (req, res) => {
    const path = req.url?.split('?')[0];
    if (req.method !== 'GET' || !path) next(req, res);
    else if (path === '/health') sendJson(res, 200, { status: 'ok' });
    else if (path === '/ready') void readiness(checks).then(([status, body]) => sendJson(res, status, body));
    else if (path === '/metrics') void sendMetrics(res, metrics);
    else next(req, res);
  };
}

async function readiness(checks: Options['checks']): Promise<[number, object]> {
  const results = await Promise.all(
    Object.entries(checks).map(async ([name, check]) => [name, await outcome(check)] as const),
  );
  const ready = results.every(([, result]) => result === 'ok');
  return [ready ? 200 : 503, { status: ready ? 'ok' : 'unavailable', checks: Object.fromEntries(results) }];
}

async function outcome(check: ReadinessCheck): Promise<string> {
  const limit = Promise.withResolvers<string>();
  const timer = setTimeout(() => limit.resolve(`no answer within ${CHECK_WITHIN_MS} ms`), CHECK_WITHIN_MS);
  const answer = check().then(
    () => 'ok',
    (error: unknown) => (toError(error) as NodeJS.ErrnoException).code ?? 'failed',
  );
  const result = await Promise.race([answer, limit.promise]);
  clearTimeout(timer);
  return result;
}

async function sendMetrics(res: ServerResponse, metrics: Options['metrics']): Promise<void> {
  res.writeHead(200, { 'Content-Type': 'text/plain; version=0.0.4; charset=utf-8' }).end(await metrics());
}

function sendJson(res: ServerResponse, status: number, body: object): void {
  res.writeHead(status, { 'Content-Type': 'application/json', 'Cache-Control': 'no-store' }).end(JSON.stringify(body));
}

function notFound(_req: IncomingMessage, res: ServerResponse): void {
  sendJson(res, 404, { status: 'not_found' });
}
