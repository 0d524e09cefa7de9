export { ROLES, satisfies, type Role } from './roles.ts';
export { THEMES, type Operator, type Theme } from './types.ts';
export { findActiveOperator, signIn } from './sign-in.ts';
export { changePassword, updateProfile, type PasswordRefusal } from './account.ts';
export { changeRole, deactivateOperator, inviteOperator, resetOperator, type Invitation } from './service.ts';
export { getOperator, listOperators, type ListedOperator } from './listings.ts';
