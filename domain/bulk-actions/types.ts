import type { PlannedFile } from '#domain/edge/index.ts';
import type { TenantSelection } from '#domain/tenants/index.ts';

export const BULK_ACTIONS = ['suspend', 'resume', 'publish'] as const;
export type BulkAction = (typeof BULK_ACTIONS)[number];

/** Which stores are meant: these, or all that match. */
export type BulkSelection =
  { tenantIds: readonly string[] } | { slugs: readonly string[] } | { filter: TenantSelection };

/** One file of a store, as it would be written on one edge. */
export type BulkFile = Pick<PlannedFile, 'edge' | 'action' | 'differences' | 'fault'>;

/** What a plan says of one store. */
export type BulkStore = {
  tenantId: string;
  slug: string;
  /** The code of why nothing is done with it: its state's, `already_served`, or `tenant_not_found`. */
  refusal: string | undefined;
  /** It was planned, and left alone in the end because something else had happened to it since. */
  changed: boolean;
  files: BulkFile[];
};

export type BulkPlan = {
  id: string;
  action: BulkAction;
  createdBy: string;
  createdAt: Date;
  confirmedAt: Date | undefined;
  jobId: string | undefined;
  counts: BulkCounts;
};

type BulkCounts = {
  /** Stores that the action is done to. */
  stores: number;
  /** Stores that nothing is done with. */
  refused: number;
  /** Stores that were planned and left alone in the end. */
  changed: number;
  files: number;
  /** People who can sign in to the stores that it is done to. */
  people: number;
};
