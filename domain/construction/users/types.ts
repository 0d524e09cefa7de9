export const USER_ROLES = ['admin', 'manager', 'salesperson', 'finance', 'stock_clerk', 'driver'] as const;
export type UserRole = (typeof USER_ROLES)[number];

/** A person of one store, as far as a request needs to know them. */
export type StoreUser = {
  id: string;
  email: string;
  name: string;
  role: UserRole;
  /** They still use the password that someone else chose for them. */
  mustChangePassword: boolean;
};
