/** An event as the outbox holds it. `payload` is JSON text: nobody on the way has a reason to look inside. */
export type OutboxEvent = {
  eventId: string;
  tenantId: string;
  type: string;
  schemaVersion: number;
  aggregate: { type: string; id: string; version: number };
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

/** The relay believed that it held the stream's lease and did not: another one publishes now. */
export class LeaseLost extends Error {
  constructor(stream: string) {
    super(`another relay has taken over ${stream}`);
    this.name = 'LeaseLost';
  }
}

export const CONSTRUCTION_STREAM = 'events:construction';
export const ENGINES_GROUP = 'engines';

export type DeadLetterReason = 'handler_failed' | 'unknown_version' | 'invalid_payload';
