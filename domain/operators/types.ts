import type { Role } from './roles.ts';

export const THEMES = ['auto', 'light', 'dark'] as const;
export type Theme = (typeof THEMES)[number];

/** A person who may sign in to the console. Never carries the password's hash. */
export type Operator = {
  id: string;
  email: string;
  name: string;
  role: Role;
  active: boolean;
  /** True until the one-time password was replaced by one only the operator knows. */
  mustChangePassword: boolean;
  locale: 'en' | 'pt-BR';
  theme: Theme;
  lastLoginAt: Date | undefined;
  invitedBy: string;
  createdAt: Date;
};
