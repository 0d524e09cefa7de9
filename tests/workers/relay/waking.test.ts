import assert from 'node:assert/strict';
import { newId } from '#platform/ids.ts';
import { eventually } from '#tests/support/eventually.ts';
import { createPipeline, type Pipeline } from '#tests/support/pipeline.ts';
import { saleRecorded } from '#tests/support/sales-events.ts';

describe('a relay that has nothing to do', () => {
  let pipeline: Pipeline;
  let tenant: string;

  before(async () => {
    pipeline = await createPipeline();
    await pipeline.startRelay();
    tenant = await pipeline.createTenant();
    await pipeline.publish(tenant, saleRecorded());
  });
  after(() => pipeline.remove());

  const untilAllArePublished = () =>
    eventually(async () => {
      const waiting = await pipeline.rows('select from events.pending where published_at is null');
      return waiting.length === 0;
    });
  beforeEach(untilAllArePublished);

  it('is woken by an event', async () => {
    const waitsMs: number[] = [];
    for (let i = 0; i < 5; i++) {
      const [eventId] = await pipeline.publish(tenant, saleRecorded());
      await untilAllArePublished();
      const [row] = await pipeline.rows<{ ms: number }>(
        `select extract(epoch from published_at - created_at)::float * 1000 as ms from events.pending where event_id = $1`,
        [eventId],
      );
      waitsMs.push(row!.ms);
    }

    // It looks once a second by itself, and has just looked each time: without the wake-up none could be quick.
    assert.ok(Math.min(...waitsMs) < 500, `waited ${waitsMs.map(Math.round).join(', ')} ms`);
  });

  it('finds an event whose wake-up was lost', async () => {
    await pipeline.rows(
      `insert into events.outbox (event_id, tenant_id, type, schema_version, aggregate_type, aggregate_id,
         aggregate_version, occurred_at, correlation_id, payload)
       values ($1, $2, 'unannounced', 1, 'x', $1, 1, now(), 'c', '{}')`,
      [newId(), tenant],
    );

    await untilAllArePublished();
  });
});
