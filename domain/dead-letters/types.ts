export const LETTER_STATES = ['dead', 'replaying', 'applied', 'skipped'] as const;
export type LetterState = (typeof LETTER_STATES)[number];

/** An event that was put aside because it could not be applied. */
export type DeadLetter = {
  id: string;
  tenantId: string;
  slug: string | undefined;
  eventId: string;
  type: string;
  schemaVersion: number;
  reason: string;
  error: string;
  attempts: number;
  worker: string;
  state: LetterState;
  firstAttemptAt: Date;
  diedAt: Date;
  askedBy: string | undefined;
  askedBecause: string | undefined;
  resolvedAt: Date | undefined;
  /** Later events of its aggregate that wait until it is ended. */
  waiting: number;
};

/** Everything is optional; what is given narrows down. `tenantId` undefined means any. */
export type LetterFilter = { state?: LetterState; reason?: string; type?: string; tenantId?: string };
