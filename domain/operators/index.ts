export { ROLES, satisfies, type Role } from './roles.ts';
export { THEMES, type Operator } from './types.ts';
export { findActiveOperator, signIn, signOut } from './sign-in.ts';
export { changePassword, updateProfile } from './account.ts';
export { changeRole, deactivateOperator, inviteOperator, resetOperator, type Invitation } from './service.ts';
export { getOperator, listOperators } from './listings.ts';
