import assert from 'node:assert/strict';
import type { OutgoingHttpHeaders } from 'node:http';
import { mock } from 'node:test';
import type { Edge } from '#domain/droplets/index.ts';
import { probeEdge } from '#domain/edge/probe.ts';
import { startHttpServer } from '#platform/http/server.ts';

type Seen = { status: number; headers?: OutgoingHttpHeaders; body?: string };

const LIVE = { host: 'acme.localhost', slug: 'acme', revision: 7, state: 'live' } as const;
const SUSPENDED = { ...LIVE, state: 'suspended' } as const;
const served = (document: object): Seen => ({ status: 200, body: JSON.stringify(document) });

describe('probeEdge', () => {
  let server: Awaited<ReturnType<typeof startHttpServer>>;
  let edge: Edge;
  let answers: Seen[];
  let asked: number;

  before(async () => {
    server = await startHttpServer(
      (_req, res) => {
        asked += 1;
        const { status, headers, body } = answers.shift()!;
        res.writeHead(status, headers).end(body);
        // All of its patience is over by the time it has read the last answer.
        if (answers.length === 0) letTimePass(5000);
      },
      '127.0.0.1',
      0,
    );
    edge = { name: 'edge-1', probeUrl: server.url } as Edge;
  });
  beforeEach(() => {
    asked = 0;
  });
  afterEach(() => mock.restoreAll());
  after(() => server.stop());

  const letTimePass = (ms: number) => {
    const clock = performance.now.bind(performance);
    mock.method(performance, 'now', () => clock() + ms);
  };
  const probe = (wanted: typeof LIVE | typeof SUSPENDED, ...given: Seen[]) => {
    answers = given;
    return probeEdge(edge, wanted, new AbortController().signal);
  };
  const notServing = (reason: RegExp) => ({ code: 'edge_not_serving', message: reason });

  it('believes a live store only by its own JSON of the revision that was sent', async () => {
    await assert.rejects(probe(LIVE, { status: 404 }), notServing(/answered 404/));
    await assert.rejects(probe(LIVE, { status: 200, body: '<html>' }), notServing(/not this store’s JSON/));
    await assert.rejects(probe(LIVE, served({ slug: 'other', revision: 7 })), notServing(/not this store’s JSON/));
    await assert.rejects(probe(LIVE, served({ slug: 'acme', revision: 6 })), notServing(/still serves revision 6/));

    await probe(LIVE, served({ slug: 'acme', revision: 7 }));
  });

  it('believes a suspended store only by a 503 that says when to come back', async () => {
    await assert.rejects(probe(SUSPENDED, served({ slug: 'acme', revision: 7 })), notServing(/200 instead of 503/));
    await assert.rejects(probe(SUSPENDED, { status: 503 }), notServing(/no Retry-After/));

    await probe(SUSPENDED, { status: 503, headers: { 'Retry-After': '3600' } });
  });

  it('looks again for a while, since an edge may be in the middle of a change', async () => {
    await probe(LIVE, { status: 404 }, served({ slug: 'acme', revision: 6 }), served({ slug: 'acme', revision: 7 }));

    assert.equal(asked, 3);
  });
});
