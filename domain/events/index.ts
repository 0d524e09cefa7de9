export {
  checkPayload,
  EVENT_CATALOGUE,
  isKnownType,
  type EventItem,
  type EventPayload,
  type EventType,
} from './catalogue.ts';
export {
  beginAttempts,
  findTroubled,
  MAX_ATTEMPTS,
  recordFailure,
  settleEvents,
  type Batch,
  type Consumer,
  type Settled,
  type Verdict,
} from './consumption/settle.ts';
export { fromStreamFields } from './envelope.ts';
export { identityMarkKey, keepBooks, PUBLISH_BATCH, publishNext, rebuildStream, trimStream } from './publication.ts';
export { releaseLease, renewLease, takeLease } from './queries.ts';
export { CONSTRUCTION_STREAM, ENGINES_GROUP, LeaseLost, type Lease, type OutboxEvent } from './types.ts';
