export { readRetention } from './listings.ts';
export { setTerms, tendDays } from './service.ts';
export { DAY_KINDS, KEPT_BECAUSE, type DayKind, type KeptDay, type RetentionReport } from './types.ts';
