import type { Role } from '#domain/operators/index.ts';

/** Jobs whose retry could do what nobody of on-call may ask for. */
const MORE_THAN_ON_CALL: Partial<Record<string, Role>> = { 'tenant.delete': 'admin', 'tenants.apply': 'operator' };

/** The role that may retry a job of this kind: others of its kind were asked for by somebody who may, and are taken up again. */
export function retryRole(kind: string): Role {
  return MORE_THAN_ON_CALL[kind] ?? 'on_call';
}
