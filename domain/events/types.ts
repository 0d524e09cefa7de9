/** An event as the outbox holds it. `payload` is JSON text: nobody on the way has a reason to look inside. */
export type OutboxEvent = {
  eventId: string;
  tenantId: string;
  type: string;
  schemaVersion: number;
  aggregate: { type: string; id: string; version: number };
  /** The event before this one of the same aggregate: whoever has not seen that one must not apply this one. */
  previousEventId: string | undefined;
  occurredAt: Date;
  /** When the row was written, by the database's clock: what lag is measured from. */
  createdAt: Date;
  correlationId: string;
  causationId: string | undefined;
  actorId: string | undefined;
  payload: string;
};

/** The right to publish to a stream. `epoch` grows with each new holder and is checked by each write that relies on it. */
export type Lease = { stream: string; epoch: number };

/** The right to settle what is in one shard for a group, fenced in the same way. */
export type ShardLease = { stream: string; group: string; shard: number; epoch: number };

/** A process believed that it held a lease and did not: another one does its work now. */
export class LeaseLost extends Error {
  constructor(what: string) {
    super(`another process has taken over ${what}`);
    this.name = 'LeaseLost';
  }
}

export const CONSTRUCTION_STREAM = 'events:construction';
export const ENGINES_GROUP = 'engines';

export type DeadLetterReason = 'handler_failed' | 'unknown_version' | 'invalid_payload';
