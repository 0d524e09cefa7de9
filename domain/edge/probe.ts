import { setTimeout as pause } from 'node:timers/promises';
import type { Edge } from '#domain/droplets/index.ts';
import { toError, Unavailable, UpstreamFailed } from '#platform/errors.ts';
import { getForHost, type HostResponse } from '#platform/http/host-request.ts';
import type { WantedState } from './types.ts';

export type Wanted = { host: string; slug: string; revision: number; state: WantedState };

/** An edge in the middle of a reload, or several behind one address, may give old answers for a moment after a change. */
const PROBE_WITHIN_MS = 5000;
const PROBE_TIMEOUT_MS = 2000;
const PROBE_PAUSE_MS = 100;

/**
 * Asks the edge over HTTP, with the store's own host name, until it does what it should: serve this revision of a live
 * store, answer 503 with Retry-After for a suspended one, know nothing of an absent one. A function that tells what it
 * should do is asked again each time, since somebody else may publish meanwhile. Throws `edge_not_serving` with what it
 * saw last when that is not so within 5 s, and `edge_not_answering` at once when it does not answer at all.
 */
export async function probeEdge(
  edge: Edge,
  expectation: Wanted | (() => Promise<Wanted>),
  signal: AbortSignal,
): Promise<void> {
  const deadlineMs = performance.now() + PROBE_WITHIN_MS;
  for (;;) {
    const wanted = typeof expectation === 'function' ? await expectation() : expectation;
    const seen = await look(edge, wanted, signal);
    if (seen === undefined) return;
    if (performance.now() + PROBE_PAUSE_MS > deadlineMs) {
      const expected = `${wanted.host} as revision ${wanted.revision} (${wanted.state})`;
      throw new UpstreamFailed('edge_not_serving', `${edge.name} does not serve ${expected}: ${seen}.`);
    }
    await pause(PROBE_PAUSE_MS, undefined, { signal });
  }
}

/** What is wrong with the edge's answer just now, or nothing. Throws `edge_not_answering`. */
export function lookOnce(edge: Edge, wanted: Wanted): Promise<string | undefined> {
  return look(edge, wanted, new AbortController().signal);
}

/** Throws `edge_not_answering` unless the edge answers /health; a reload needs no store to be seen. */
export async function probeHealth(edge: Edge, signal: AbortSignal): Promise<void> {
  const { status } = await ask(edge, { path: '/health', host: 'health-check' }, signal);
  if (status !== 200) throw new Unavailable('edge_not_answering', `${edge.name} answers /health with ${status}.`);
}

/** What is wrong with the edge's answer, or nothing. */
async function look(
  edge: Edge,
  { state, host, slug, revision }: Wanted,
  signal: AbortSignal,
): Promise<string | undefined> {
  const path = state === 'suspended' ? '/' : '/tenant.json';
  const answer = await ask(edge, { path, host }, signal);
  if (state === 'live') return faultOfLive(answer, slug, revision);
  return state === 'suspended' ? faultOfSuspended(answer) : faultOfAbsent(answer);
}

async function ask(edge: Edge, what: { path: string; host: string }, signal: AbortSignal): Promise<HostResponse> {
  try {
    return await getForHost(edge.probeUrl, { ...what, timeoutMs: PROBE_TIMEOUT_MS, signal });
  } catch (thrown) {
    signal.throwIfAborted();
    const error = toError(thrown) as NodeJS.ErrnoException;
    const reason = error.name === 'TimeoutError' ? `not within ${PROBE_TIMEOUT_MS} ms` : (error.code ?? error.message);
    const message = `${edge.name} does not answer at ${edge.probeUrl}: ${reason}.`;
    throw new Unavailable('edge_not_answering', message, { cause: error });
  }
}

function faultOfLive({ status, body }: HostResponse, slug: string, revision: number): string | undefined {
  if (status !== 200) return `it answered ${status}`;
  const document = parseJson(body);
  if (document?.slug !== slug) return 'it answered something that is not this store’s JSON';
  return document.revision === revision ? undefined : `it still serves revision ${String(document.revision)}`;
}

function faultOfSuspended({ status, headers }: HostResponse): string | undefined {
  if (status !== 503) return `it answered ${status} instead of 503`;
  return headers['retry-after'] ? undefined : 'its 503 has no Retry-After';
}

/** A name that was given up redirects to its successor. */
function faultOfAbsent({ status }: HostResponse): string | undefined {
  return status === 404 || status === 308 ? undefined : `it still answered ${status}`;
}

function parseJson(text: string): Record<string, unknown> | undefined {
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch {
    // Not JSON is an answer like any other wrong one.
    return undefined;
  }
}
