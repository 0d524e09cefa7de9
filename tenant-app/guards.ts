import { NotPermitted } from '#platform/errors.ts';
import type { Guard } from '#platform/http/routes.ts';
import type { RequestContext } from './context.ts';
import { scopeOf, type Permission, type Scope } from '#domain/construction/users/index.ts';

/** Anyone who signed in to this store. */
export const signedIn: Guard<RequestContext> = { name: 'signed-in', check: () => undefined };

/** Whoever the policy table lets do this, on all rows or on their own; handlers narrow by {@link scopeIn}. */
export function can(permission: Permission): Guard<RequestContext> {
  return {
    name: `can:${permission}`,
    check(ctx) {
      if (scopeIn(ctx, permission) === undefined) throw new NotPermitted();
    },
  };
}

/** On which rows the person of this request may do it; undefined when not at all. Templates ask `can('quote.create')`. */
export function scopeIn(ctx: Pick<RequestContext, 'user' | 'store'>, permission: Permission): Scope | undefined {
  return scopeOf(ctx.user.role, permission, ctx.store.settings);
}
