import type { UserRole } from './types.ts';

/** `all` rows of the store, or only one's `own`: created by the person or assigned to them. */
export type Scope = 'all' | 'own';

type Grants = Partial<Record<UserRole, Scope>>;

const EVERYTHING: Grants = { admin: 'all', manager: 'all' };

/** Who may do what in a store. The one table that the pages, the JSON API and the templates ask. */
export const PERMISSIONS = {
  'quote.read': { ...EVERYTHING, salesperson: 'own', finance: 'all' },
  /** Create a quote, change its draft, send it, cancel it. */
  'quote.create': { ...EVERYTHING, salesperson: 'own' },
  'quote.approve': { ...EVERYTHING, finance: 'all' },
  'order.create': { ...EVERYTHING, salesperson: 'own' },
  'order.read': { ...EVERYTHING, salesperson: 'own', finance: 'all', stock_clerk: 'all', driver: 'own' },
  /** Preparing and ready. */
  'order.advance': { ...EVERYTHING, stock_clerk: 'all' },
  /** A salesperson may cancel only while the order is pending; that half of the rule is the order's own. */
  'order.cancel': { ...EVERYTHING, salesperson: 'own' },
  'delivery.complete': { ...EVERYTHING, stock_clerk: 'all', driver: 'own' },
  'customer.read': { ...EVERYTHING, salesperson: 'all', finance: 'all' },
  'customer.create': { ...EVERYTHING, salesperson: 'all' },
  'customer.edit': { ...EVERYTHING, salesperson: 'own' },
  'product.read': { ...EVERYTHING, salesperson: 'all', finance: 'all', stock_clerk: 'all' },
  'product.edit': EVERYTHING,
  'product.price': EVERYTHING,
  'insights.sales': { ...EVERYTHING, salesperson: 'all' },
} as const satisfies Record<string, Grants>;

export type Permission = keyof typeof PERMISSIONS;

/** The two choices a store has about its salespeople. */
export type PermissionFlags = { salesSeeAll: boolean; salesCanApprove: boolean };

/** On which rows `role` may do this, or undefined when it may not do it at all. */
export function scopeOf(role: UserRole, permission: Permission, flags: PermissionFlags): Scope | undefined {
  if (role === 'salesperson') {
    if (flags.salesSeeAll && (permission === 'quote.read' || permission === 'order.read')) return 'all';
    if (flags.salesCanApprove && permission === 'quote.approve') return 'own';
  }
  return (PERMISSIONS[permission] as Grants)[role];
}

/** Everything `role` may do in a store, on whichever rows. */
export function permissionsOf(role: UserRole, flags: PermissionFlags): Permission[] {
  const all = Object.keys(PERMISSIONS) as Permission[];
  return all.filter((permission) => scopeOf(role, permission, flags) !== undefined);
}
