import { requestJob } from '#domain/jobs/index.ts';
import type { Context } from '#platform/context.ts';
import type { ScheduledWork } from './types.ts';

/** Asks for the job that does the work. Returns its id. */
type Request = (tx: Context, reason: string) => Promise<string>;

/** How each kind of work is asked for. */
export const REQUESTS: Record<ScheduledWork, Request> = {
  reload_edges: (tx, reason) => requestJob(tx, { kind: 'edges.reload', subject: 'all edges', payload: { reason } }),
  publish_maps: (tx, reason) =>
    requestJob(tx, { kind: 'edge.publish_maps', subject: 'edge maps', payload: { reason } }),
};
