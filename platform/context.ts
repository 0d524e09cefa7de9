import type { Clock } from './clock.ts';
import type { Db } from './db/database.ts';
import { createEventPublisher, type EventPublisher } from './events/index.ts';
import { createJobQueue, type JobQueue } from './jobs/queue.ts';
import type { Logger } from './log/index.ts';

/** Who does it. `label` is what people read in the audit log; `id` is undefined for the system itself. */
export type Actor = {
  kind: 'operator' | 'token' | 'user' | 'system';
  id?: string;
  label: string;
  /** Address the request came from, when there was a request. */
  ip?: string;
};

/**
 * What every use case takes first. `db`, `events` and `jobs` share one connection: outside a transaction the pool, inside
 * {@link withTransaction} that transaction.
 */
export type Context = {
  db: Db;
  events: EventPublisher;
  jobs: JobQueue;
  log: Logger;
  clock: Clock;
  actor: Actor;
  requestId: string;
};

/** A context inside {@link withTenant}: `db` shows this tenant's rows and no others. */
export type TenantContext = Context & { tenantId: string };

type Parts = Pick<Context, 'db' | 'log' | 'clock' | 'actor' | 'requestId'>;

export function createContext(parts: Parts): Context {
  return { ...parts, events: createEventPublisher(parts), jobs: createJobQueue(parts) };
}

/** The same context on another connection. */
export function rebindContext<C extends Context>(ctx: C, db: Db): C {
  const parts = { ...ctx, db };
  return { ...parts, events: ctx.events.boundTo(parts), jobs: createJobQueue(parts) };
}
