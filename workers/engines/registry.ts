import { checkPayload, isKnownType, type OutboxEvent, type Verdict } from '#domain/events/index.ts';
import type { Engine } from '#domain/engines/index.ts';
import { salesEngine } from '#domain/engines/sales/index.ts';
import type { TenantContext } from '#platform/context.ts';

/** Every engine, in the order in which they are told of an event. */
export const ENGINES: readonly Engine[] = [salesEngine];

/**
 * What the engines do with an event: nothing when none of them asked for its type, put it aside when it breaks the
 * contract of its type and version (another try would not help), else hand it to each engine in turn.
 */
export function judgeEvent(engines: readonly Engine[], event: OutboxEvent): Verdict {
  const { type } = event;
  if (!isKnownType(type)) return { outcome: 'ignored' };
  const handlers = engines.flatMap((engine) => engine.handlers[type] ?? []);
  if (handlers.length === 0) return { outcome: 'ignored' };
  const check = checkPayload(type, event.schemaVersion, parseJson(event.payload));
  if (!check.ok)
    return { outcome: 'dead_lettered', failure: { reason: check.reason, error: check.message, attempts: 1 } };
  return {
    outcome: 'applied',
    async apply(tx: TenantContext) {
      // checkPayload has made sure that the payload is that of the type; the type checker cannot follow.
      for (const handle of handlers) await handle(tx, check.payload as never, event);
    },
  };
}

/** PostgreSQL has seen to it that a payload is JSON; an entry from anywhere else fails the contract as undefined. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
