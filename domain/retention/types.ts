/** How many whole days, in UTC, events and the marks of their processing are kept; marks at least as long as events. */
export type Terms = { outboxDays: number; marksDays: number };

/** The log of events, and the marks by which a second delivery is told from the first. */
export const DAY_KINDS = ['outbox', 'processed'] as const;
export type DayKind = (typeof DAY_KINDS)[number];

/**
 * Why a day is not dropped: it may still have to be done again (too_young); some of its events are not published, not settled by every
 * group, parked, or put aside and not done with; or its events are still kept, so that their marks must be (outbox_kept).
 */
export const KEPT_BECAUSE = ['too_young', 'unpublished', 'unsettled', 'parked', 'dead_letter', 'outbox_kept'] as const;
export type KeptBecause = (typeof KEPT_BECAUSE)[number];

/** A partition. `day` is like `2026-11-27`, in UTC; `droppableAt` is when its term is over. */
export type KeptDay = {
  kind: DayKind;
  day: string;
  bytes: number;
  /** As PostgreSQL last estimated; undefined before the first time. */
  aboutRows: number | undefined;
  keptBecause: KeptBecause[];
  droppableAt: Date;
};

export type RetentionReport = {
  asOf: Date;
  terms: Terms;
  /** Days that have begun, the newest first. */
  days: KeptDay[];
  /** Days from now on, without a hole, that have both of their partitions; today counts as one. */
  daysAhead: number;
  /** Rows that no day was there for, exact up to 10,000. */
  misplaced: Record<DayKind, number>;
  /** The newest day of which marks were dropped. */
  droppedThrough: string | undefined;
};
