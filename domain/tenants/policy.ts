import { Conflict } from '#platform/errors.ts';
import type { Tenant, TenantStatus } from './types.ts';

export const TENANT_ACTIONS = [
  'edit',
  'change_plan',
  'manage_domains',
  'manage_users',
  'rename',
  'suspend',
  'resume',
  'archive',
  'restore',
  'delete',
] as const;
export type TenantAction = (typeof TENANT_ACTIONS)[number];

const CARE = ['edit', 'change_plan', 'manage_domains', 'manage_users'] as const;

const ALLOWED: Record<TenantStatus, readonly TenantAction[]> = {
  provisioning: [],
  live: [...CARE, 'rename', 'suspend', 'archive'],
  suspended: [...CARE, 'resume', 'archive'],
  // Its names and its file are the job's until it ends.
  renaming: ['manage_users'],
  archived: ['restore', 'delete'],
  deleted: [],
  failed: [],
};

/**
 * What may be done with a tenant in this state. A failed one is made again by retrying its job; `delete` waits for the end
 * of the grace besides.
 */
export function allowedActions(status: TenantStatus): readonly TenantAction[] {
  return ALLOWED[status];
}

/** Refusals that say more than the state's name does: the action's work is done already, or there is none to do. */
const TELLING: Partial<Record<`${TenantAction} ${TenantStatus}`, { code: string; words: string }>> = {
  'suspend suspended': { code: 'tenant_already_suspended', words: 'is suspended already' },
  'resume live': { code: 'tenant_not_suspended', words: 'is live already' },
  'rename suspended': { code: 'tenant_suspended', words: 'is suspended; resume it before it is renamed' },
  'archive archived': { code: 'tenant_already_archived', words: 'is archived already' },
  'restore live': { code: 'tenant_not_archived', words: 'is not archived' },
  'restore suspended': { code: 'tenant_not_archived', words: 'is not archived' },
  'delete live': { code: 'tenant_not_archived', words: 'is not archived; archive it before it is deleted' },
  'delete suspended': { code: 'tenant_not_archived', words: 'is not archived; archive it before it is deleted' },
};

/** Throws {@link Conflict} with the code that says why when the tenant's state does not allow `action`. */
export function refuseUnlessAllowed(tenant: Tenant, action: TenantAction): void {
  if (allowedActions(tenant.status).includes(action)) return;
  const told = TELLING[`${action} ${tenant.status}`];
  if (told) throw new Conflict(told.code, `${tenant.slug} ${told.words}.`);
  throw new Conflict(`tenant_${tenant.status}`, `${tenant.slug} is ${tenant.status}, so this cannot be done now.`);
}

/** Throws Conflict `tenant_in_grace` while an archived tenant may still be called back and by nobody deleted. */
export function refuseInGrace(tenant: Tenant, now: Date): void {
  if (tenant.deleteAfter === undefined || tenant.deleteAfter <= now) return;
  const until = tenant.deleteAfter.toISOString();
  throw new Conflict('tenant_in_grace', `${tenant.slug} can be deleted from ${until} on, when its grace is over.`, {
    members: { delete_after: until },
  });
}
