import { satisfies, type Role } from '#domain/operators/index.ts';
import { NotAuthenticated, NotPermitted } from '#platform/errors.ts';
import type { Guard } from '#platform/http/routes.ts';
import type { ConsoleContext } from './context.ts';

/** Lets in whoever holds `needed` or a role above it, by session or by API token alike. */
export function role(needed: Role): Guard<ConsoleContext> {
  return {
    name: `role:${needed}`,
    check(ctx) {
      if (ctx.role === undefined) throw new NotAuthenticated();
      if (!satisfies(ctx.role, needed)) throw new NotPermitted();
    },
  };
}

/** For what belongs to the person, not to the role: password, profile, signing out. An API token is no person. */
export const signedIn: Guard<ConsoleContext> = {
  name: 'signed-in',
  check(ctx) {
    if (ctx.operator === undefined) throw new NotAuthenticated();
  },
};
