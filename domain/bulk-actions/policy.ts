import { refuseUnlessAllowed, type Tenant, type TenantStatus } from '#domain/tenants/index.ts';
import type { EdgeState } from '#domain/edge/index.ts';
import { AppError } from '#platform/errors.ts';
import type { BulkAction } from './types.ts';

/** Which action of a single store each one is. Whoever may be edited may be published. */
const NEEDED = { suspend: 'suspend', resume: 'resume', publish: 'edit' } as const;

/** The code of why this cannot be done with the store, as for the store alone; undefined when it can. */
export function refusalOf(action: BulkAction, tenant: Tenant, isBeingResumed: boolean): string | undefined {
  try {
    refuseUnlessAllowed(tenant, NEEDED[action]);
  } catch (error) {
    if (error instanceof AppError) return error.code;
    throw error;
  }
  return action === 'resume' && isBeingResumed ? 'tenant_resuming' : undefined;
}

/** What the edges are to do with a store once the action is done. */
export function stateAfter(action: BulkAction, status: TenantStatus): EdgeState {
  if (action === 'publish') return status === 'suspended' ? 'suspended' : 'live';
  return action === 'suspend' ? 'suspended' : 'live';
}
