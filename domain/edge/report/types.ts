import type { Edge } from '#domain/droplets/index.ts';
import type { EdgeLook } from '../drift/listings.ts';
import type { Reload } from '../maps/reload-listings.ts';
import type { ServedCounts, ServedStore } from '../stores/listings.ts';

/** What nginx last said of itself. Rates are of the last minute; what it did not say is undefined. */
export type NginxFacts = {
  asOf: Date;
  isRunning: boolean | undefined;
  startedAt: Date | undefined;
  workers: number | undefined;
  connections: number | undefined;
  requestsPerSecond: number | undefined;
  refused: number | undefined;
  failed: number | undefined;
  upstreamP50Ms: number | undefined;
};

/** How far the revisions of an edge got. */
export type RevisionState = {
  /** The newest that it was seen serving. */
  served: number | undefined;
  /** The newest that it is to serve: above `served` while a publication is at work. */
  wanted: number | undefined;
  /** The newest of all, when it could not be published. */
  failed: { number: number; message: string } | undefined;
};

/** Everything that answers "does this edge serve what we want?". */
export type EdgeReport = {
  edge: Edge;
  asOf: Date;
  revisions: RevisionState;
  /** Stores and maps of which the database says something else than the edge was given. */
  pending: { stores: number; maps: boolean; asOf: Date };
  stores: ServedCounts;
  /** A few of the stores that are not served as published. */
  failing: ServedStore[];
  drift: number;
  look: EdgeLook | undefined;
  reload: Reload | undefined;
  nginx: NginxFacts | undefined;
};
