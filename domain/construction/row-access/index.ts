import { NotPermitted } from '#platform/errors.ts';
import type { StoreContext } from '#domain/construction/store/index.ts';
import { scopeOf, type Permission } from '#domain/construction/users/index.ts';

/** Whether the person may do this to a row that `ownerId` created or is assigned to. */
export function mayTouch(ctx: StoreContext, permission: Permission, ownerId: string | null): boolean {
  const scope = scopeOf(ctx.user.role, permission, ctx.store.settings);
  return scope === 'all' || (scope === 'own' && ownerId === ctx.user.id);
}

/** Throws NotPermitted `not_your_row` unless {@link mayTouch}. */
export function requireRow(ctx: StoreContext, permission: Permission, ownerId: string | null): void {
  if (!mayTouch(ctx, permission, ownerId))
    throw new NotPermitted('not_your_row', 'Only its owner or a manager may do this.');
}

/** Whose rows a list must be held to: a user's id, or undefined for everybody's. */
export function ownerFilter(ctx: StoreContext, permission: Permission): string | undefined {
  return scopeOf(ctx.user.role, permission, ctx.store.settings) === 'all' ? undefined : ctx.user.id;
}
