import { Conflict } from '#platform/errors.ts';
import type { Tenant, TenantStatus } from './types.ts';

export type TenantAction = 'edit' | 'suspend' | 'resume';

const ALLOWED: Record<TenantStatus, readonly TenantAction[]> = {
  provisioning: [],
  live: ['edit', 'suspend'],
  suspended: ['edit', 'resume'],
  renaming: [],
  archived: [],
  deleted: [],
  failed: [],
};

/** What may be done with a tenant in this state. A failed one is made again by retrying its job. */
export function allowedActions(status: TenantStatus): readonly TenantAction[] {
  return ALLOWED[status];
}

/** Throws {@link Conflict} with the code that says why when the tenant's state does not allow `action`. */
export function refuseUnlessAllowed(tenant: Tenant, action: TenantAction): void {
  if (allowedActions(tenant.status).includes(action)) return;
  if (action === 'suspend' && tenant.status === 'suspended')
    throw new Conflict('tenant_already_suspended', `${tenant.slug} is suspended already.`);
  if (action === 'resume' && tenant.status === 'live')
    throw new Conflict('tenant_not_suspended', `${tenant.slug} is live already.`);
  throw new Conflict(`tenant_${tenant.status}`, `${tenant.slug} is ${tenant.status}, so this cannot be done now.`);
}
