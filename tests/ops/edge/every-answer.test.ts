import assert from 'node:assert/strict';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { ERROR_PAGES } from '#ops/droplet-1-edge/error-pages.ts';
import { ask, startEchoServer, type EchoServer, type EdgeAnswer } from '#tests/support/edge-requests.ts';
import { startTestEdge, type TestEdge } from '#tests/support/edge.ts';
import { eventually } from '#tests/support/eventually.ts';

const SERVERS = new URL('../../../ops/droplet-1-edge/nginx/conf.d/', import.meta.url);

const SECURITY_HEADERS = [
  'x-request-id',
  'x-content-type-options',
  'x-frame-options',
  'referrer-policy',
  'permissions-policy',
  'content-security-policy',
];

type Ask = (edge: TestEdge) => Promise<EdgeAnswer>;

const store =
  (path: string, slug = 'acme'): Ask =>
  (edge) =>
    ask(edge.url, `${slug}.localhost`, path);
const stranger =
  (path: string): Ask =>
  (edge) =>
    ask(edge.url, '127.0.0.1', path);
const figures =
  (path: string): Ask =>
  (edge) =>
    ask(edge.statusUrl, '127.0.0.1', path);

/** A request that each location of each server answers. A location without one here fails the test. */
const SAMPLES: Record<string, Record<string, Ask>> = {
  'default-server.conf': { '= /health': stranger('/health'), '/': stranger('/anything') },
  'stores.conf': {
    '/': store('/anything'),
    '= /': store('/'),
    '= /favicon.ico': store('/favicon.ico'),
    '= /tenant.json': store('/tenant.json'),
    '/auth/': store('/auth/login'),
    '/auth/assets/': store('/auth/assets/x.css'),
    '/web/': store('/web/x'),
    '/api/': store('/api/x'),
    '/assets/': store('/assets/x.css'),
  },
  'status.conf': { '/': figures('/'), '= /status': figures('/status') },
};

type Provocation = { page: string; program: string; slug?: string; bytes?: number; isStrained?: boolean };

/** What makes the edge show each of its error pages to people and to programs. A page that is not here fails the test. */
const ERRORS: Record<string, Provocation> = {
  'bad-request': { page: '/web/../x', program: '/api/../x' },
  'unknown-store': { page: '/web/x', program: '/api/x', slug: 'nobody' },
  'not-found': { page: '/nothing', program: '/tenant.json/x' },
  'too-large': { page: '/web/x', program: '/api/x', bytes: 6_000_000 },
  // The first request finds no app, those after it come too fast.
  unavailable: { page: '/web/x', program: '/api/x', isStrained: true },
  'too-many-requests': { page: '/web/x', program: '/api/x', isStrained: true },
  suspended: { page: '/web/x', program: '/api/x', slug: 'closed' },
};

function assertSecured({ status, headers, headerNames }: EdgeAnswer): void {
  for (const name of SECURITY_HEADERS)
    assert.equal(headerNames.filter((sent) => sent === name).length, 1, `${status} has ${name} once`);
  assert.match(String(headers['x-request-id']), /^[0-9a-f]{32}$/);
  assert.equal(headers['x-content-type-options'], 'nosniff');
  assert.equal(headers['x-powered-by'], undefined);
  assert.equal(headers.server, 'nginx');
}

describe('every answer of the edge', () => {
  let app: EchoServer;
  let edge: TestEdge;
  let strained: TestEdge;
  before(async () => {
    // What the app says itself must not come twice.
    app = await startEchoServer({
      'X-Content-Type-Options': 'nosniff',
      'X-Frame-Options': 'DENY',
      'X-Powered-By': 'Express',
      'Referrer-Policy': 'no-referrer',
      'Content-Security-Policy': "default-src 'self'",
    });
    edge = await startTestEdge({ appServers: [app.address] });
    const tight = Object.fromEntries(
      ['web', 'api'].flatMap((area) => [`${area}Rate`, `${area}Burst`]).map((key) => [key, 1]),
    );
    strained = await startTestEdge({ limits: tight });
    for (const { tenantsDir } of [edge, strained])
      for (const slug of ['acme', 'closed']) await writeFile(join(tenantsDir, `${slug}.json`), '{}');
    await writeFile(join(edge.suspendedDir, 'closed.json'), '');
  });
  after(async () => {
    await edge.stop();
    await strained.stop();
    await app.stop();
  });

  it('has a sample for each location of each server', async () => {
    const files = await readdir(SERVERS);
    for (const file of files) {
      const text = await readFile(new URL(file, SERVERS), 'utf8');
      const locations = [...text.matchAll(/^ +location (.+) \{$/gm)].map(([, location = '']) => location);
      assert.deepEqual(new Set(locations), new Set(Object.keys(SAMPLES[file] ?? {})), file);
    }
    assert.deepEqual(new Set(files), new Set(Object.keys(SAMPLES)));
  });

  for (const [file, samples] of Object.entries(SAMPLES))
    for (const [location, sample] of Object.entries(samples))
      it(`of location ${location} in ${file} carries the security headers, each once`, async () => {
        assertSecured(await sample(edge));
      });

  function provoke({ slug = 'acme', bytes, isStrained }: Provocation, path: string): Promise<EdgeAnswer> {
    const post = { method: 'POST', headers: { 'Content-Length': String(bytes) } };
    return ask((isStrained ? strained : edge).url, `${slug}.localhost`, path, bytes ? post : {});
  }

  it('that is an error has a provocation here', () => {
    assert.deepEqual(new Set(ERROR_PAGES.map(({ name }) => name)), new Set(Object.keys(ERRORS)));
  });

  for (const [name, provocation] of Object.entries(ERRORS)) {
    const { status, code, title, english } = ERROR_PAGES.find((page) => page.name === name)!;

    it(`that shows ${name} to people is a page in two languages with the security headers`, async () => {
      const answer = await eventually(async () => {
        const seen = await provoke(provocation, provocation.page);
        return seen.status === status ? seen : undefined;
      });

      assertSecured(answer);
      assert.match(String(answer.headers['content-type']), /^text\/html/);
      assert.equal(answer.headers['cache-control'], 'no-store');
      for (const text of [`<h1>${title}</h1>`, `<p lang="en">${english}</p>`])
        assert(answer.body.includes(text), `${text} is missing in\n${answer.body}`);
      assert.doesNotMatch(answer.body, /<script|<!--#|an error occurred/);
    });

    it(`that shows ${name} to programs is problem+json with the security headers`, async () => {
      const answer = await eventually(async () => {
        const seen = await provoke(provocation, provocation.program);
        return seen.status === status ? seen : undefined;
      });

      assertSecured(answer);
      assert.equal(answer.headers['content-type'], 'application/problem+json');
      assert.deepEqual(JSON.parse(answer.body), { type: 'about:blank', title: english, status, code });
    });
  }

  it('to something that is no HTTP carries them too', async () => {
    for (const request of ['nonsense\r\n\r\n', 'GET / HTTP/1.1\r\n\r\n', `GET /${'x'.repeat(9000)} HTTP/1.1\r\n\r\n`]) {
      const answer = await rawAnswer(edge, request);

      assert.match(answer, /^HTTP\/1\.1 4\d\d /);
      for (const name of SECURITY_HEADERS) assert.match(answer.toLowerCase(), new RegExp(`^${name}: `, 'm'), request);
    }
  });
});

async function rawAnswer(edge: TestEdge, request: string): Promise<string> {
  const socket = connect(Number(new URL(edge.url).port), '127.0.0.1');
  socket.end(request);
  return text(socket);
}
