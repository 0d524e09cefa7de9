import assert from 'node:assert/strict';
import { addStreamMetrics } from '#console/streams/metrics.ts';
import { createMetrics } from '#platform/metrics/index.ts';
import { openTestConsole, type TestConsole } from '#tests/support/console.ts';

describe('the metrics of the streams', () => {
  let panel: TestConsole;

  before(async () => {
    panel = await openTestConsole();
  });
  after(() => panel.stop());

  it('are read anew each time, and leave out what is not known', async () => {
    const text = addStreamMetrics(createMetrics('console'), panel.ctx, panel.parts.redis);
    const of = (name: string) => `stream_${name}{stream="events:construction",group="engines"`;
    const first = await text();
    assert.ok(first.includes(`${of('backlog')},process="console"} 0`));
    assert.ok(first.includes(`${of('status')},part="relay",status="UNKNOWN",process="console"} 1`));
    assert.ok(!first.includes(of('oldest_unprocessed_seconds')), 'nothing waits');
    assert.ok(!first.includes(of('events_per_second')), 'no rate is known');

    await panel.asSuperuser(
      `insert into events.pending (tenant_id, event_id, seq, type, created_at)
       values (gen_random_uuid(), gen_random_uuid(), 1, 'sale_recorded', now() - interval '1 minute')`,
    );
    const second = await text();

    assert.ok(second.includes(`${of('backlog')},process="console"} 1`));
    assert.ok(second.includes(`${of('status')},part="relay",status="STOPPED",process="console"} 1`));
    assert.ok(second.includes(of('oldest_unprocessed_seconds')));
  });

  it('answer with the rest while the database is away', async () => {
    const read = () => Promise.reject(new Error('away'));
    const text = await addStreamMetrics(createMetrics('console'), panel.ctx, panel.parts.redis, read)();

    assert.match(text, /stream_readable\{process="console"\} 0/);
    assert.doesNotMatch(text, /stream_backlog\{/);
    assert.match(text, /process_resident_memory_bytes/);
  });
});
