export { ROLES, satisfies, type Role } from './roles.ts';
export { THEMES, type Operator, type Theme } from './types.ts';
