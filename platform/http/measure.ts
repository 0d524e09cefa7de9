import type { Request, RequestHandler } from 'express';

type Durations = { observe(labels: { method: string; route: string; status: number }, seconds: number): void };

/**
 * Measures how long each answer took, by the template of its route: labels of real addresses would grow without end.
 * Event streams are left out, since theirs is the time a page stayed open.
 */
export function measureRequests(durations: Durations): RequestHandler {
  return (req, res, next) => {
    const startedAt = performance.now();
    res.once('finish', () => {
      if (res.get('Content-Type')?.startsWith('text/event-stream')) return;
      const labels = { method: req.method, route: routeOf(req), status: res.statusCode };
      durations.observe(labels, (performance.now() - startedAt) / 1000);
    });
    next();
  };
}

function routeOf(req: Request): string {
  const path: unknown = (req.route as { path?: unknown } | undefined)?.path;
  return typeof path === 'string' ? path : 'none';
}
