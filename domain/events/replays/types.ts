export type ReplayFilter = {
  /** By when an event was committed; `to` is not in it. */
  from: Date;
  to: Date;
  tenantId: string | undefined;
  type: string | undefined;
};

export type Replay = ReplayFilter & {
  id: string;
  state: 'running' | 'done' | 'cancelled';
  /** How many there were to apply again when it was asked for; some may have come since. */
  total: number;
  applied: number;
  failed: number;
  lastError: string | undefined;
  reason: string;
  askedBy: string;
  askedAt: Date;
  endedAt: Date | undefined;
};
