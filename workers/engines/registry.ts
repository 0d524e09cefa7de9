import { checkPayload, isKnownType, type Fact, type OutboxEvent, type Verdict } from '#domain/events/index.ts';
import type { Engine } from '#domain/engines/index.ts';
import { deliveryEngine } from '#domain/engines/delivery/index.ts';
import { pricingEngine } from '#domain/engines/pricing/index.ts';
import { salesEngine } from '#domain/engines/sales/index.ts';
import { stockEngine } from '#domain/engines/stock/index.ts';
import type { TenantLane } from '#platform/db/index.ts';
import { toWaves } from './waves.ts';

/** Every engine, in the order in which they are told of an event. */
export const ENGINES: readonly Engine[] = [salesEngine, stockEngine, pricingEngine, deliveryEngine];

/**
 * What the engines do with an event: nothing when none of them asked for its type, put it aside when it breaks the
 * contract of its type and version (another try would not help), else apply it.
 */
export function judgeEvent(engines: readonly Engine[], event: OutboxEvent): Verdict {
  const { type } = event;
  if (!isKnownType(type) || !engines.some((engine) => engine.handlers[type])) return { outcome: 'ignored' };
  const check = checkPayload(type, event.schemaVersion, parseJson(event.payload));
  if (!check.ok)
    return { outcome: 'dead_lettered', failure: { reason: check.reason, error: check.message, attempts: 1 } };
  return { outcome: 'applied', payload: check.payload };
}

/** Tells each engine in turn of one tenant's facts, many at once where their order does not matter. */
export async function applyFacts(engines: readonly Engine[], lane: TenantLane, facts: readonly Fact[]): Promise<void> {
  for (const { type, facts: together } of toWaves(facts)) {
    if (!isKnownType(type)) continue;
    // judgeEvent has made sure that the payloads are those of the type; the type checker cannot follow.
    for (const engine of engines) await engine.handlers[type]?.(lane, together as never);
  }
}

/** PostgreSQL has seen to it that a payload is JSON; an entry from anywhere else fails the contract as undefined. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
