import assert from 'node:assert/strict';
import { CONSTRUCTION_STREAM as STREAM, ENGINES_GROUP as GROUP } from '#domain/events/index.ts';
import { eventually } from '#tests/support/eventually.ts';
import { createPipeline, type Pipeline } from '#tests/support/pipeline.ts';
import { saleRecorded } from '#tests/support/sales-events.ts';
import { openFigures, type Figures } from './brute-force.ts';

/** What people and Redis do to a stream; after each of them Redis' own figures are wrong, or it has none. */
describe('the figures while Redis is wrong', () => {
  let pipeline: Pipeline;
  let figures: Figures;

  before(async () => {
    pipeline = await createPipeline();
    figures = openFigures(pipeline);
    await pipeline.startRelay();
  });
  after(async () => {
    await figures.stop();
    await pipeline.remove();
  });

  /** Five events in a stream that nobody reads yet, and their ids there. */
  beforeEach(async () => {
    await pipeline.look.client.flushall();
    const tenant = await pipeline.createTenant();
    await pipeline.publish(tenant, ...Array.from({ length: 5 }, () => saleRecorded()));
    await eventually(async () => {
      const { unpublished, backlog, redis } = await figures.read();
      return unpublished === 0 && redis.facts?.length === backlog;
    });
  });
  const ids = async () => (await pipeline.look.client.xrange(STREAM, '-', '+')).map(([id]) => id);

  it('are right at first, as Redis is', async () => {
    const report = await figures.assertAgrees();

    assert.equal(report.redis.facts?.lag, report.backlog);
  });

  it('stay right when the group was set back or forth', async () => {
    await pipeline.look.client.xgroup('SETID', STREAM, GROUP, (await ids())[2]!);

    assert.equal((await figures.assertAgrees()).redis.facts?.lag, null);
  });

  it('stay right when an entry was deleted that nobody had read', async () => {
    await pipeline.look.client.xdel(STREAM, (await ids())[2]!);

    const report = await figures.assertAgrees();

    assert.equal(report.redis.facts?.lag, null);
    assert.equal(report.redis.facts?.length, report.backlog - 1);
  });

  it('stay right when the stream was cut past the group', async () => {
    const { client } = pipeline.look;
    await client.xreadgroup('GROUP', GROUP, 'somebody', 'COUNT', 1, 'STREAMS', STREAM, '>');
    await client.xtrim(STREAM, 'MAXLEN', 1);

    const report = await figures.assertAgrees();

    assert.equal(report.redis.facts?.length, 1);
    assert.notEqual(report.redis.facts?.lag, report.backlog);
  });

  it('stay right beside a group of somebody else, who is not counted among the readers', async () => {
    const { client } = pipeline.look;
    await client.xgroup('CREATE', STREAM, 'foreign', '0');
    await client.xreadgroup('GROUP', 'foreign', 'somebody', 'COUNT', 3, 'STREAMS', STREAM, '>');

    const report = await figures.assertAgrees();

    assert.deepEqual([report.redis.facts?.pending, report.redis.facts?.consumers], [0, []]);
  });

  it('stay right when everything was flushed, of which Redis then knows nothing', async () => {
    await pipeline.look.client.flushall();

    const report = await figures.assertAgrees();

    assert.notEqual(report.redis.facts?.lag, report.published);
  });
});
