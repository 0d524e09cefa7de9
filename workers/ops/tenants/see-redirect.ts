import { listEdges, type Edge } from '#domain/droplets/index.ts';
import { toError, Unavailable, UpstreamFailed } from '#platform/errors.ts';
import { getForHost } from '#platform/http/host-request.ts';
import type { JobContext } from '#workers/ops/job-handler.ts';

type Redirect = { from: string; to: string; signal: AbortSignal };

const TIMEOUT_MS = 2000;
/** Any page will do; its path and query must come along. */
const PATH = '/web/orders?page=2';

/**
 * Asks every edge for a page of a store under its old name, and wants to be sent to the same page under the new one. Returns
 * the edges' names. Throws UpstreamFailed `edge_not_redirecting`, or Unavailable `edge_not_answering`.
 */
export async function seeRedirect(ctx: JobContext, redirect: Redirect): Promise<string[]> {
  const edges = await listEdges(ctx);
  return Promise.all(edges.map((edge) => seeAt(ctx, edge, redirect)));
}

async function seeAt(ctx: JobContext, edge: Edge, { from, to, signal }: Redirect): Promise<string> {
  const host = `${from}.${ctx.baseDomain}`;
  const { status, headers } = await ask(edge, host, signal);
  const location = URL.parse(headers.location ?? '');
  const isRight =
    status === 308 && location?.hostname === `${to}.${ctx.baseDomain}` && location.pathname + location.search === PATH;
  if (isRight) return edge.name;
  const seen = `${status}${headers.location === undefined ? '' : ` to ${headers.location}`}`;
  throw new UpstreamFailed(
    'edge_not_redirecting',
    `${edge.name} does not lead from ${from} to ${to}: it answered ${seen}.`,
  );
}

async function ask(edge: Edge, host: string, signal: AbortSignal) {
  try {
    return await getForHost(edge.probeUrl, { path: PATH, host, timeoutMs: TIMEOUT_MS, signal });
  } catch (thrown) {
    signal.throwIfAborted();
    const error = toError(thrown) as NodeJS.ErrnoException;
    const reason = error.code ?? error.message;
    throw new Unavailable('edge_not_answering', `${edge.name} does not answer at ${edge.probeUrl}: ${reason}.`, {
      cause: error,
    });
  }
}
