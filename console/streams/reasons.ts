import type { ProcessReport, ShardReport } from '#domain/streams/index.ts';
import { countOr, type Words } from './words.ts';

/** Why a status is what it is, with what is known beyond it. */
export function reasonWords(
  { reason, detail }: Pick<ShardReport | ProcessReport, 'reason' | 'detail'>,
  words: Words,
): string {
  return [words.t(`streams:reason_${reason}`), detailWords(detail, words)].filter(Boolean).join(': ');
}

function detailWords(detail: ShardReport['detail'], words: Words): string | undefined {
  if (!detail) return undefined;
  if ('error' in detail) return detail.error;
  if ('keys' in detail) return words.t('streams:detail_keys', { count: detail.keys });
  if ('by' in detail) return words.t('streams:detail_paused', { by: detail.by });
  return words.t('streams:detail_replay', { done: countOr(detail.done, words), total: countOr(detail.total, words) });
}
