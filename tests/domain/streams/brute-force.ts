import assert from 'node:assert/strict';
import { readStreams, type StreamReport } from '#domain/streams/index.ts';
import { systemClock } from '#platform/clock.ts';
import { createContext, type Context } from '#platform/context.ts';
import { openDatabase } from '#platform/db/index.ts';
import { silentLogger } from '#platform/log/index.ts';
import type { Pipeline } from '#tests/support/pipeline.ts';

/** What the console reads of a pipeline, and the same figures counted row by row. */
export type Figures = {
  ctx: Context;
  read(): Promise<StreamReport>;
  truth(): Promise<{ events: number; published: number; processed: number; oldest: Date | null }>;
  /** Fails unless both agree; returns the report. */
  assertAgrees(): Promise<StreamReport>;
  stop(): Promise<void>;
};

/** As the console's role. Stop it before the pipeline is removed. */
export function openFigures(pipeline: Pipeline): Figures {
  const url = pipeline.database.url('bc_console');
  const database = openDatabase({ url, poolMax: 4, applicationName: 'test', log: silentLogger });
  const actor = { kind: 'system', label: 'test' } as const;
  const ctx = createContext({ db: database.db, log: silentLogger, clock: systemClock, actor, requestId: 'test' });
  const read = async () => (await readStreams(ctx, pipeline.look))[0]!;
  const truth = async () => {
    const [row] = await pipeline.rows(
      `select count(*)::int as events, count(p.event_id)::int as processed,
              count(*) filter (where w.event_id is null or w.published_at is not null)::int as published,
              min(o.created_at) filter (where p.event_id is null) as oldest
         from events.outbox o left join events.processed p using (tenant_id, event_id)
         left join events.pending w using (tenant_id, event_id)`,
    );
    return row as Awaited<ReturnType<Figures['truth']>>;
  };
  return {
    ctx,
    read,
    truth,
    async assertAgrees() {
      const [report, counted] = [await read(), await truth()];
      assert.deepEqual(
        [report.published, report.processed, report.unpublished, report.backlog, report.oldestUnprocessedAt ?? null],
        [
          counted.published,
          counted.processed,
          counted.events - counted.published,
          counted.events - counted.processed,
          counted.oldest,
        ],
      );
      return report;
    },
    stop: () => database.stop(),
  };
}
