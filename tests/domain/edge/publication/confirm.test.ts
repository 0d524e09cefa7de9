import assert from 'node:assert/strict';
import { listOpenAlerts } from '#domain/alerts/index.ts';
import { enrolDroplet } from '#domain/droplets/index.ts';
import { confirmRevisions, openRevisions, sendRevisions } from '#domain/edge/index.ts';
import { startHttpServer } from '#platform/http/server.ts';
import { ask } from '#tests/support/edge-requests.ts';
import { live, openPublisher, type Publisher } from '#tests/support/publisher.ts';

describe('what a publication sees of its stores', function () {
  this.timeout(60_000);
  let publisher: Publisher;
  let way: Awaited<ReturnType<typeof startHttpServer>> | undefined;

  beforeEach(async () => {
    publisher = await openPublisher();
  });
  afterEach(async () => {
    await way?.stop();
    await publisher?.close();
  });

  /** Every look at the edge waits for this first; the line breaks when it throws. */
  const lookThrough = async (before: (host: string) => Promise<void>) => {
    way = await startHttpServer(
      (req, res) => {
        const host = req.headers.host ?? '';
        const pass = async () => {
          await before(host);
          const { status, headers, body } = await ask(publisher.edge.url, host, req.url ?? '/');
          const { 'content-length': _length, 'transfer-encoding': _coding, ...kept } = headers;
          res.writeHead(status, kept).end(body);
        };
        pass().catch(() => req.socket.destroy());
      },
      '127.0.0.1',
      0,
    );
    await enrolDroplet(publisher.ctx, { ...publisher.edge.sshTarget, role: 'edge', probeUrl: way.url });
  };

  it('is not called wrong when a newer one went further in the middle of it', async () => {
    const stores = await publisher.addStores(['acme', 'bravo']);
    const order = { purpose: 'publish', author: 'olivia', reason: 'a test', signal: publisher.signal };
    const [slow, changes] = [{ ...order, jobId: await publisher.newJob() }, live(stores)];
    await openRevisions(publisher.ctx, { ...slow, changes });
    await sendRevisions(publisher.ctx, slow);
    let overtakes = true;
    await lookThrough(async (host) => {
      if (!overtakes || host !== 'acme.localhost') return;
      overtakes = false;
      await publisher.ctx.db('platform.tenants').where({ slug: 'acme' }).update({ name: 'Newer' });
      await publisher.publish(live(stores.slice(0, 1)));
    });

    const seen = await confirmRevisions(publisher.ctx, { ...slow, changes });

    assert.deepEqual(
      seen.map(({ isRight }) => isRight),
      [true, true],
    );
    assert.deepEqual(await listOpenAlerts(publisher.ctx), []);
    assert.match((await ask(publisher.edge.url, 'acme.localhost', '/tenant.json')).body, /Newer/);
    const files = await publisher.ctx.db('platform.edge_revision_files').orderBy(['slug', 'revision']).pluck('outcome');
    assert.deepEqual(files, ['superseded', 'confirmed', 'confirmed']);
  });

  it('asks an edge that does not answer a few times, not for each of its stores', async () => {
    const stores = await publisher.addStores(Array.from({ length: 40 }, (_, n) => `loja-${n}`));
    let asked = 0;
    await lookThrough(async () => {
      asked++;
      throw new Error('the line breaks');
    });

    await assert.rejects(publisher.publish(live(stores)), { code: 'edge_not_answering' });

    assert.ok(asked <= 8, `${asked} times`);
  });

  it('never opens a store again that is to be closed, although it was not seen closed', async () => {
    const stores = await publisher.addStores(['acme', 'bravo']);
    await publisher.publish(live(stores));
    const seenOpen = new Set(['bravo.localhost']);
    way = await startHttpServer(
      (req, res) => {
        const isOpen = seenOpen.has(req.headers.host ?? '');
        res.writeHead(isOpen ? 200 : 503, { 'retry-after': '3600' }).end();
      },
      '127.0.0.1',
      0,
    );
    await enrolDroplet(publisher.ctx, { ...publisher.edge.sshTarget, role: 'edge', probeUrl: way.url });

    const report = await publisher.publish(stores.map((store) => ({ ...store, state: 'suspended' })));

    assert.deepEqual(
      report.failures.map(({ slug }) => slug),
      ['bravo'],
    );
    for (const { slug } of stores) assert.equal((await ask(publisher.edge.url, `${slug}.localhost`, '/')).status, 503);
  });
});
