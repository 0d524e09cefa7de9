import type { OutboxEvent } from '../types.ts';
import type { Pause, Paused, PauseScope } from './types.ts';

export const NOTHING_PAUSED = toPaused([]);

export function toPaused(pauses: readonly Pick<Pause, 'scope' | 'target'>[]): Paused {
  const targets = (wanted: PauseScope) => pauses.flatMap(({ scope, target }) => (scope === wanted ? [target] : []));
  return {
    everything: targets('all').length > 0,
    shards: new Set(targets('shard').map(Number)),
    tenants: new Set(targets('tenant')),
    types: new Set(targets('type')),
  };
}

/** Whether a shard is to be left alone as a whole. */
export function isShardPaused({ everything, shards }: Paused, shard: number): boolean {
  return everything || shards.has(shard);
}

export function isAnythingPaused({ everything, shards, tenants, types }: Paused): boolean {
  return everything || [shards, tenants, types].some(({ size }) => size > 0);
}

/** Whether an event is to be parked although its shard is not paused. */
export function isEventPaused({ tenants, types }: Paused, { tenantId, type }: OutboxEvent): boolean {
  return tenants.has(tenantId) || types.has(type);
}
