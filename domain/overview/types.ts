import type { Alert } from '#domain/alerts/index.ts';
import type { AuditRecord } from '#domain/audit/index.ts';
import type { Droplet } from '#domain/droplets/index.ts';
import type { StreamReport } from '#domain/streams/index.ts';
import type { TenantStatus } from '#domain/tenants/index.ts';

/** A part of the overview, read on its own: one that cannot be read says why and takes nothing else down. */
export type Reading<T> = { known: true; value: T; asOf: Date } | { known: false; reason: string; asOf: Date };

export type TenantCounts = Partial<Record<TenantStatus, number>>;

/** What one edge serves, and whether it was seen serving it. */
export type EdgeState = {
  droplet: string;
  files: number;
  /** Files the edge was seen answering with. */
  confirmed: number;
  /** Files whose last look found something else. */
  failing: number;
  newestRevision: number | undefined;
  /** What lies on its disk otherwise than it was published. */
  drift: number;
};

/** The worker of durable jobs. ok: it beats; stalled: it has been silent too long; stopped: it said so, or for a minute. */
export type OpsWorkerState = {
  status: 'ok' | 'stalled' | 'stopped';
  alive: number;
  lastBeatAt: Date | undefined;
};

/** `failed` counts the last 24 hours. */
export type JobCounts = { queued: number; running: number; failed: number };

export type Overview = {
  tenants: Reading<TenantCounts>;
  droplets: Reading<Droplet[]>;
  edges: Reading<EdgeState[]>;
  /** Includes the two processes that move the events. */
  streams: Reading<StreamReport[]>;
  opsWorker: Reading<OpsWorkerState>;
  jobs: Reading<JobCounts>;
  alerts: Reading<Alert[]>;
  /** The last hour, newest first. */
  activity: Reading<AuditRecord[]>;
};
