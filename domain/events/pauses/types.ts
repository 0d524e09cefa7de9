export const PAUSE_SCOPES = ['all', 'shard', 'tenant', 'type'] as const;
export type PauseScope = (typeof PAUSE_SCOPES)[number];

export type Pause = {
  id: string;
  scope: PauseScope;
  /** The number of a shard, the id of a store, the name of a type; empty for everything. */
  target: string;
  reason: string;
  pausedBy: string;
  pausedAt: Date;
  expiresAt: Date | undefined;
};

export type PauseInput = { scope: PauseScope; target: string; reason: string; forMinutes: number | undefined };

/** What is paused, as those need it who look at each event. */
export type Paused = {
  everything: boolean;
  shards: ReadonlySet<number>;
  tenants: ReadonlySet<string>;
  types: ReadonlySet<string>;
};
