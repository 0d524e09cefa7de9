import type { Engine } from '#domain/engines/index.ts';
import type { EventType } from '#domain/events/index.ts';
import { createContext } from '#platform/context.ts';
import { inTenantLanes, openDatabase, withTransaction, type TenantLane } from '#platform/db/index.ts';
import { newId } from '#platform/ids.ts';
import { silentLogger } from '#platform/log/index.ts';
import { createPipeline, type Pipeline } from './pipeline.ts';

/** One engine on a database of its own, told of events one by one. */
export type EngineLab = {
  pipeline: Pipeline;
  /** Tells the engine of an event, in a transaction of its own, as the worker's role. */
  tell(tenant: string, type: EventType, payload: object, occurredAt?: Date): Promise<void>;
  /** The same of several events at once, in one transaction. */
  tellAll(tenant: string, type: EventType, payloads: readonly object[], occurredAt?: readonly Date[]): Promise<void>;
  recompute(tenant: string, ...subjects: string[]): Promise<void>;
  /** What the engine asked to be worked out again. */
  asked(tenant: string): Promise<string[]>;
  /** As if that had been worked out. */
  forgetAsked(tenant: string): Promise<void>;
  close(): Promise<void>;
};

export async function openEngineLab(engine: Engine, now: () => Date): Promise<EngineLab> {
  const pipeline = await createPipeline();
  const url = pipeline.database.url('bc_worker');
  const database = openDatabase({ url, poolMax: 2, applicationName: 'test', log: silentLogger, pipeline: true });
  const actor = { kind: 'system', label: 'test' } as const;
  const ctx = createContext({ db: database.db, log: silentLogger, clock: { now }, actor, requestId: 'test' });
  const inStore = (tenant: string, run: (lane: TenantLane) => Promise<void>) =>
    withTransaction(ctx, (tx) => inTenantLanes(tx, [tenant], run));
  const tell = (tenant: string, type: EventType, payloads: readonly object[], occurredAt: readonly Date[] = []) =>
    inStore(tenant, (lane) =>
      engine.handlers[type]!(
        lane,
        payloads.map((payload, index) => ({
          payload,
          event: { occurredAt: occurredAt[index] ?? now(), eventId: newId() },
        })) as never,
      ),
    );
  return {
    pipeline,
    tell: (tenant, type, payload, occurredAt) => tell(tenant, type, [payload], occurredAt && [occurredAt]),
    tellAll: tell,
    recompute: (tenant, ...subjects) => inStore(tenant, (lane) => engine.recompute!(lane, subjects)),
    async asked(tenant) {
      const rows = await pipeline.rows<{ subject: string }>(
        'select subject from events.recomputations where tenant_id = $1 order by subject',
        [tenant],
      );
      return rows.map(({ subject }) => subject);
    },
    async forgetAsked(tenant) {
      await pipeline.rows('delete from events.recomputations where tenant_id = $1', [tenant]);
    },
    async close() {
      await database.stop();
      await pipeline.remove();
    },
  };
}
