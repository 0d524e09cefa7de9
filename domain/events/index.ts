export {
  checkPayload,
  EVENT_CATALOGUE,
  isKnownType,
  type EventItem,
  type EventPayload,
  type EventType,
} from './catalogue.ts';
export { insertCommand, listCommands } from './commands/queries.ts';
export { COMMAND_KINDS, type Command, type CommandInput } from './commands/types.ts';
export { carryOutCommands } from './commands/work.ts';
export { holdShards, releaseShards } from './consumption/ownership.ts';
export { listOverdue, listReleasable } from './consumption/queries.ts';
export { replayLetters } from './consumption/replay.ts';
export {
  beginAttempts,
  findTroubled,
  MAX_ATTEMPTS,
  recordFailure,
  settleEvents,
  type Batch,
  type Consumer,
  type Fact,
  type Settled,
  type Verdict,
} from './consumption/settle.ts';
export { DELAY_BOUNDS_MS } from './delays.ts';
export { fromStreamFields } from './envelope.ts';
export { deleteLimit, listLimits, replaceLimit, type Limit } from './limits/queries.ts';
export { countHeld, listPauses } from './pauses/listings.ts';
export { isAnythingPaused, isEventPaused, isShardPaused, NOTHING_PAUSED, toPaused } from './pauses/policy.ts';
export { deletePause, insertPause } from './pauses/queries.ts';
export { PAUSE_SCOPES, type Pause, type Paused, type PauseInput, type PauseScope } from './pauses/types.ts';
export { findTrimPoint } from './publication/listings.ts';
export { createOutboxReader } from './publication/outbox-reader.ts';
export { publishNext, STORE_SHARE, trimStream, WINDOW_PER_SHARD } from './publication/publish.ts';
export {
  ensureShards,
  getStreamState,
  releaseLease,
  renewLease,
  takeLease,
  type StreamState,
} from './publication/queries.ts';
export { identityMarkKey, rebuildStream } from './publication/rebuild.ts';
export { FIRST_TENANT, listWaiting } from './publication/waiting.ts';
export { cancelReplay, COUNTED_UP_TO, countReplayed, insertReplay, listReplays } from './replays/queries.ts';
export type { Replay, ReplayFilter } from './replays/types.ts';
export { replayNext } from './replays/work.ts';
export { shardKey, shardOf } from './shards.ts';
export {
  CONSTRUCTION_STREAM,
  ENGINES_GROUP,
  LeaseLost,
  type Lease,
  type OutboxEvent,
  type ShardLease,
} from './types.ts';
