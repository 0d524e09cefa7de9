import type { DropletContext } from '#domain/droplets/index.ts';

/** A context that can publish: it reaches the droplets, and knows under which names stores are asked for. */
export type EdgeContext = DropletContext & {
  /** `<slug>.<baseDomain>` is a store's host. */
  baseDomain: string;
};

/** What an edge does with a store's host. */
export type EdgeState = 'live' | 'suspended';
/** What an edge is to do with a host: serve it, answer 503 for it, or know nothing of it. */
export type WantedState = EdgeState | 'absent';

/** One store's part in a publication. A store that is being renamed has two slugs for a while, each its own change. */
export type Change = { tenantId: string; slug: string; state: WantedState };

/**
 * Everything that a job publishes for one reason; a job that publishes twice names two purposes. Where somebody else may
 * change the stores' states meanwhile, `changes` is asked for them at the moment that counts.
 */
export type Publication = PublicationKey & {
  changes: readonly Change[] | (() => Promise<readonly Change[]>);
  author: string;
  reason: string;
};

export type PublicationKey = { jobId: string; purpose: string };

/** A publication at work; the signal is aborted when its job is cancelled or lost. */
export type Run = PublicationKey & { signal: AbortSignal; progress?: Progress };

/** Called again and again while many stores are worked on. */
export type Progress = (done: number, count: number) => Promise<void>;

export const REVISION_OUTCOMES = ['pending', 'sent', 'confirmed', 'partial', 'failed'] as const;
export type RevisionOutcome = (typeof REVISION_OUTCOMES)[number];

/** superseded: a newer revision of the file was on the disk before this one could be sent. */
export type FileOutcome = 'pending' | 'sent' | 'confirmed' | 'superseded' | 'failed';

/** What a file of a revision holds: the exact bytes, as text, and their hashes; nothing when the file is to go. */
export type FileContent =
  | { state: EdgeState; document: string; sha256: string; contentSha256: string }
  | { state: 'absent'; document: undefined; sha256: undefined; contentSha256: undefined };

/** One store's file in one numbered revision of one edge. */
export type RevisionFile = FileContent & {
  revision: number;
  dropletId: string;
  tenantId: string;
  slug: string;
  outcome: FileOutcome;
  /** What the edge served before; undefined when it served nothing. */
  previousRevision: number | undefined;
  error: FileError | undefined;
};

export type FileError = { code: string; message: string };

/** What an edge serves for a store, as far as we know. */
export type EdgeFile = {
  tenantId: string;
  dropletId: string;
  slug: string;
  revision: number;
  state: EdgeState;
  sha256: string;
  contentSha256: string;
  confirmedAt: Date | undefined;
};
