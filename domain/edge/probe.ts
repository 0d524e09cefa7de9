import { setTimeout as pause } from 'node:timers/promises';
import type { Edge } from '#domain/droplets/index.ts';
import { toError, Unavailable, UpstreamFailed, type AppError } from '#platform/errors.ts';
import { getForHost, type HostResponse } from '#platform/http/host-request.ts';
import type { EdgeState } from './document.ts';

type Wanted = { host: string; slug: string; revision: number; state: EdgeState };

/** An edge keeps what it knows of a file for up to 2 s, so the first answers after a change may be the old ones. */
const PROBE_WITHIN_MS = 5000;
const PROBE_TIMEOUT_MS = 2000;
const PROBE_PAUSE_MS = 100;

/**
 * Asks the edge over HTTP, with the store's own host name, until it does what it should: serve this revision of a live
 * store, or answer 503 with Retry-After for a suspended one. Throws `edge_not_answering` or `edge_not_serving`, with the
 * last thing it saw, when that is not so within 5 s.
 */
export async function probeEdge(edge: Edge, wanted: Wanted, signal: AbortSignal): Promise<void> {
  const deadlineMs = performance.now() + PROBE_WITHIN_MS;
  for (;;) {
    const problem = await probeOnce(edge, wanted, signal);
    if (problem === undefined) return;
    if (performance.now() + PROBE_PAUSE_MS > deadlineMs) throw problem;
    await pause(PROBE_PAUSE_MS, undefined, { signal });
  }
}

async function probeOnce(edge: Edge, wanted: Wanted, signal: AbortSignal): Promise<AppError | undefined> {
  const path = wanted.state === 'live' ? '/tenant.json' : '/';
  try {
    const answer = await getForHost(edge.probeUrl, { path, host: wanted.host, timeoutMs: PROBE_TIMEOUT_MS, signal });
    const seen = wanted.state === 'live' ? seenOfLive(answer, wanted) : seenOfSuspended(answer);
    if (seen === undefined) return undefined;
    const message = `${edge.name} does not serve ${wanted.host} as revision ${wanted.revision} (${wanted.state}): ${seen}.`;
    return new UpstreamFailed('edge_not_serving', message);
  } catch (thrown) {
    signal.throwIfAborted();
    const error = toError(thrown) as NodeJS.ErrnoException;
    const reason =
      error.name === 'TimeoutError' ? `no answer within ${PROBE_TIMEOUT_MS} ms` : (error.code ?? error.message);
    return new Unavailable('edge_not_answering', `${edge.name} does not answer at ${edge.probeUrl}: ${reason}.`, {
      cause: error,
    });
  }
}

/** What is wrong with the answer, or nothing. */
function seenOfLive({ status, body }: HostResponse, { slug, revision }: Wanted): string | undefined {
  if (status !== 200) return `it answered ${status}`;
  const document = parseJson(body);
  if (document?.slug !== slug) return 'it answered something that is not this store’s JSON';
  return document.revision === revision ? undefined : `it still serves revision ${String(document.revision)}`;
}

function seenOfSuspended({ status, headers }: HostResponse): string | undefined {
  if (status !== 503) return `it answered ${status} instead of 503`;
  return headers['retry-after'] ? undefined : 'its 503 has no Retry-After';
}

function parseJson(text: string): Record<string, unknown> | undefined {
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch {
    // Not JSON is an answer like any other wrong one.
    return undefined;
  }
}
