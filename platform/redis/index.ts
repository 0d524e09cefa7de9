export { openRedis, type RedisConnection } from './connection.ts';
export { findGroupFacts, readIdentity, writeIdentityMark, type GroupFacts } from './inspection.ts';
export {
  acknowledge,
  appendEntries,
  ensureGroup,
  readGroup,
  reclaimEntries,
  recreateStream,
  streamLength,
  trimBefore,
  type Appended,
  type StreamEntry,
  type StreamFields,
} from './streams.ts';
