import assert from 'node:assert/strict';
import { eventually } from '#tests/support/eventually.ts';
import { createPipeline, type Pipeline } from '#tests/support/pipeline.ts';
import { saleRecorded } from '#tests/support/sales-events.ts';

describe('a relay whose Redis is not as it should be', function () {
  this.timeout(30_000);
  let pipeline: Pipeline;

  before(async () => {
    pipeline = await createPipeline();
    await pipeline.startRelay();
  });
  after(() => pipeline?.remove());

  const configure = (name: string, value: string) => pipeline.look.client.config('SET', name, value);
  const warnings = async () => {
    const [beat] = await pipeline.rows<{ warnings: string[] | null }>(
      `select detail -> 'warnings' as warnings from platform.heartbeats where process = 'relay'`,
    );
    return (beat?.warnings ?? []).join(' ');
  };
  const waiting = async () => (await pipeline.rows('select 1 from events.pending where published_at is null')).length;

  it('says that events may be thrown away, or forgotten', async () => {
    await configure('maxmemory-policy', 'allkeys-lru');
    await configure('appendonly', 'no');

    const said = await eventually(async () => {
      const text = await warnings();
      return /noeviction/.test(text) && /appendonly/.test(text) ? text : undefined;
    });

    assert.match(said, /it is allkeys-lru/);
    await configure('maxmemory-policy', 'noeviction');
    await configure('appendonly', 'yes');
    await eventually(async () => (await warnings()) === '');
  });

  it('lets events wait in the outbox while Redis has used four fifths of its memory', async () => {
    const tenant = await pipeline.createTenant();
    const used = Number(/used_memory:(\d+)/.exec(await pipeline.look.client.info('memory'))![1]);
    await configure('maxmemory', String(Math.round(used / 0.7)));
    await pipeline.publish(tenant, saleRecorded());
    await eventually(async () => (await waiting()) === 0);
    // A little more than four fifths, a little less than all: Redis itself would still take it.
    await configure('maxmemory', String(Math.round(used / 0.9)));

    await pipeline.publish(tenant, saleRecorded());
    await eventually(async () => /until there is room/.test(await warnings()));
    assert.equal(await waiting(), 1);

    await configure('maxmemory', '0');
    await eventually(async () => (await waiting()) === 0);
  });
});
