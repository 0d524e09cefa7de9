export { listActivePauses, pauseFlow, previewPause, resumeFlow } from './pauses/service.ts';
export { readStreams } from './service.ts';
export {
  STREAM_STATUSES,
  type ProcessReport,
  type RedisReport,
  type StreamReport,
  type StreamStatus,
} from './types.ts';
