export { streamConditions } from './alerts.ts';
export { readReaders } from './commands/readers.ts';
export { askCommand, listRecentCommands, previewCommand } from './commands/service.ts';
export type { Percentiles } from './delays.ts';
export { HISTORY_RANGES, readHistory, type History, type HistoryPoint, type HistoryRange } from './history.ts';
export { endLimit, limitStore, listActiveLimits, type LimitInput, type ShownLimit } from './limits/service.ts';
export { listActivePauses, pauseFlow, previewPause, resumeFlow } from './pauses/service.ts';
export {
  endReplay,
  listRecentReplays,
  previewReplay,
  startReplay,
  type ReplayInput,
  type ShownReplay,
} from './replays/service.ts';
export { condenseSamples, markStream, takeSamples } from './sampling.ts';
export { readStreams, readWaiting } from './service.ts';
export { changeShardCount, MOST_SHARDS, readShards, type ShardOverview } from './shards.ts';
export { BY_GRAVITY as STREAM_STATUSES, type FlowStatus } from './status-types.ts';
export type { ProcessReport, RedisReport, ShardReport, StreamReport, WaitingReport } from './types.ts';
export type { Waiting } from './waiting-listings.ts';
