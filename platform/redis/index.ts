export { claimFrom, removeConsumer } from './administration.ts';
export { findUndeliverable } from './deliverable.ts';
export { openRedis, type RedisConnection } from './connection.ts';
export {
  findGroupFacts,
  lookAt,
  readServer,
  writeIdentityMark,
  type GroupFacts,
  type ServerFacts,
} from './inspection.ts';
export {
  acknowledge,
  appendEntries,
  ensureGroup,
  isBefore,
  readGroup,
  reclaimEntries,
  recreateStream,
  streamLength,
  trimBefore,
  type Appended,
  type StreamEntry,
  type StreamFields,
} from './streams.ts';
