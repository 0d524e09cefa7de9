import type { DropletContext } from '#domain/droplets/index.ts';
import type { EdgeState } from './document.ts';

/** A context that can publish: it reaches the droplets, and knows under which names stores are asked for. */
export type EdgeContext = DropletContext & {
  /** `<slug>.<baseDomain>` is a store's host. */
  baseDomain: string;
};

export type RevisionOutcome = 'pending' | 'sent' | 'confirmed' | 'failed';

/** One tenant's part in one numbered revision of one edge. */
export type RevisionFile = {
  revision: number;
  dropletId: string;
  outcome: RevisionOutcome;
  tenantId: string;
  slug: string;
  state: EdgeState;
  /** The exact bytes, as text. */
  document: string;
  sha256: string;
  contentSha256: string;
  /** What the edge served before; undefined when it served nothing. */
  previousRevision: number | undefined;
};

/** What an edge serves for a tenant, as far as we know. */
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
