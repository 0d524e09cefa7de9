export { createFirstUser, removeUsers } from './first-user.ts';
export { countActiveUsers, countSignedIn, getUser, listUsers, type UserLine } from './listings.ts';
export { deactivateUser, endAllSessions, inviteUser, reactivateUser, resetPassword } from './management.ts';
export type { OneTimePassword } from './management.ts';
export { changePassword, type PasswordRefusal } from './passwords.ts';
export {
  PERMISSIONS,
  permissionsOf,
  scopeOf,
  type Permission,
  type PermissionFlags,
  type Scope,
} from './permissions.ts';
export { resumeSession, signOut } from './sessions.ts';
export { findAccount, signIn, type StartedSession } from './sign-in.ts';
export { USER_ROLES, type StoreUser, type UserRole } from './types.ts';
