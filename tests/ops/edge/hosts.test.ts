import assert from 'node:assert/strict';
import { readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { checkSlug } from '#domain/tenants/index.ts';
import { ask, startEchoServer, type EchoServer } from '#tests/support/edge-requests.ts';
import { startTestEdge, type TestEdge } from '#tests/support/edge.ts';

const slugs = fc
  .string({ unit: fc.constantFrom('a', 'b', 'z', '0', '9', '-'), minLength: 3, maxLength: 40 })
  .filter((text) => checkSlug(text).ok);

/** Near misses of a store's host: what a client may send in a Host header without breaking HTTP itself. */
const hosts = fc
  .tuple(
    fc.constantFrom('', 'x.', '-', 'x-', 'x--', '.', '*.', '~', 'xn--', ' ', 'acme.', '%', '/', '\\', 'á', '"', '$'),
    fc.constantFrom('acme', 'ACME', 'acm', 'ac', 'a', '', 'acme-', 'ac_me', 'ac--me', 'aácme', 'a'.repeat(41)),
    fc.constantFrom(
      '.localhost',
      '.LOCALHOST',
      '.localhost.',
      '..localhost',
      '',
      'localhost',
      '.localhost.evil.example',
    ),
    fc.constantFrom('', ':80', ':99999', ':', ':x', '@acme.localhost', '/x', '#.localhost', '?.localhost'),
  )
  .map((parts) => parts.join(''));

/** A host is the same in capitals, between spaces, with a port, and with the root’s dot. */
function slugOf(host: string): string | undefined {
  const [, label] = /^([^.]*)\.localhost\.?(?::.*)?$/.exec(host.trim().toLowerCase()) ?? [];
  const checked = label === undefined ? undefined : checkSlug(label);
  return checked?.ok ? checked.slug : undefined;
}

describe('hosts at the edge', () => {
  let app: EchoServer;
  let edge: TestEdge;
  before(async () => {
    app = await startEchoServer();
    edge = await startTestEdge({ appServers: [app.address] });
  });
  afterEach(async () => {
    for (const file of await readdir(edge.tenantsDir)) await rm(join(edge.tenantsDir, file));
  });
  after(async () => {
    await edge.stop();
    await app.stop();
  });

  it('any slug that the law accepts reaches the app unchanged', async () => {
    await fc.assert(
      fc.asyncProperty(slugs, async (slug) => {
        await writeFile(join(edge.tenantsDir, `${slug}.json`), '{}');

        const { status, body } = await ask(edge.url, `${slug}.localhost`, '/web/x');

        assert.equal(status, 200);
        assert.equal(JSON.parse(body).headers['x-tenant-slug'], slug);
      }),
      { numRuns: 300 },
    );
  });

  it('any other host reaches no store, whatever stores there are', async () => {
    for (const slug of ['acme', 'x-acme', 'localhost', 'evil'])
      await writeFile(join(edge.tenantsDir, `${slug}.json`), '{}');
    await fc.assert(
      fc.asyncProperty(hosts, async (host) => {
        const seenBefore = app.seen.length;

        const { status } = await ask(edge.url, host, '/web/x');

        const slug = slugOf(host);
        if (slug === undefined) assert([400, 404].includes(status), `${status} for ${host}`);
        const reached = app.seen.slice(seenBefore).map((headers) => headers['x-tenant-slug']);
        assert(
          reached.every((seen) => seen === slug),
          `${host} reached ${String(reached)}`,
        );
      }),
      { numRuns: 500 },
    );
  });
});
