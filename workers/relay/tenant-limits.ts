import { listLimits, type OutboxEvent } from '#domain/events/index.ts';
import type { Context } from '#platform/context.ts';

/** A store may save up what it may publish in a second, and no more. */
type Bucket = { perSecond: number; tokens: number; filledAt: number };

type TenantLimits = {
  /** Looks what operators have set; to be called about once a second. */
  refresh(): Promise<void>;
  /** How many events of each limited store may be published now. */
  allowances(): Map<string, number>;
  spend(events: readonly OutboxEvent[]): void;
  /** Whether a limited store has used up what it has, so that events of it may wait for nothing but time. */
  isHolding(): boolean;
};

/** Keeps limited stores to their rate: a bucket of tokens each, which fills with time. One of a relay that took over is full. */
export function createTenantLimits(ctx: Context): TenantLimits {
  let buckets = new Map<string, Bucket>();

  const fill = (bucket: Bucket): number => {
    const now = ctx.clock.now().getTime();
    const earned = (Math.max(0, now - bucket.filledAt) / 1000) * bucket.perSecond;
    bucket.tokens = Math.min(bucket.perSecond, bucket.tokens + earned);
    bucket.filledAt = now;
    return bucket.tokens;
  };
  return {
    async refresh() {
      const limits = await listLimits(ctx.db);
      buckets = new Map(
        limits.map(({ tenantId, perSecond }) => {
          const known = buckets.get(tenantId);
          const kept = known?.perSecond === perSecond ? known : undefined;
          return [tenantId, kept ?? { perSecond, tokens: perSecond, filledAt: ctx.clock.now().getTime() }];
        }),
      );
    },
    allowances: () => new Map([...buckets].map(([tenantId, bucket]) => [tenantId, Math.floor(fill(bucket))])),
    spend(events) {
      if (buckets.size === 0) return;
      for (const { tenantId } of events) {
        const bucket = buckets.get(tenantId);
        if (bucket) bucket.tokens -= 1;
      }
    },
    isHolding: () => [...buckets.values()].some((bucket) => fill(bucket) < 1),
  };
}
