/** From least to most: each role may do all that the ones before it may. API tokens carry one of them too. */
export const ROLES = ['viewer', 'on_call', 'operator', 'admin'] as const;
export type Role = (typeof ROLES)[number];

/** True when someone with role `held` may do what asks for role `needed`. */
export function satisfies(held: Role, needed: Role): boolean {
  return ROLES.indexOf(held) >= ROLES.indexOf(needed);
}
