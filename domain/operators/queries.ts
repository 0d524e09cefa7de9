import type { Db } from '#platform/db/index.ts';
import type { Role } from './roles.ts';
import type { Operator, Theme } from './types.ts';

export type OperatorRow = {
  id: string;
  email: string;
  name: string;
  role: Role;
  password_hash: string;
  must_change_password: boolean;
  active: boolean;
  locale: Operator['locale'];
  theme: Theme;
  last_login_at: Date | null;
  invited_by: string;
  created_at: Date;
  updated_at: Date;
};

export const OPERATOR_COLUMNS = [
  'id',
  'email',
  'name',
  'role',
  'must_change_password',
  'active',
  'locale',
  'theme',
  'last_login_at',
  'invited_by',
  'created_at',
] as const satisfies readonly (keyof OperatorRow)[];

export function toOperator(row: Omit<OperatorRow, 'password_hash' | 'updated_at'>): Operator {
  return {
    id: row.id,
    email: row.email,
    name: row.name,
    role: row.role,
    active: row.active,
    mustChangePassword: row.must_change_password,
    locale: row.locale,
    theme: row.theme,
    lastLoginAt: row.last_login_at ?? undefined,
    invitedBy: row.invited_by,
    createdAt: row.created_at,
  };
}

export async function findOperatorById(db: Db, id: string): Promise<Operator | undefined> {
  const row = await db<OperatorRow>('platform.operators')
    .first(...OPERATOR_COLUMNS)
    .where({ id });
  return row && toOperator(row);
}

/** Holds the row until the transaction ends, so that two admins cannot demote each other at the same moment. */
export async function lockOperator(db: Db, id: string): Promise<Operator | undefined> {
  const row = await db<OperatorRow>('platform.operators')
    .first(...OPERATOR_COLUMNS)
    .where({ id })
    .forUpdate();
  return row && toOperator(row);
}

/**
 * Small letters are made here and not by the database, which takes `İ` for an i: then each spelling of one account would
 * have tries of its own.
 */
export async function findCredentials(
  db: Db,
  by: { email: string } | { id: string },
): Promise<{ operator: Operator; passwordHash: string } | undefined> {
  const query = db<OperatorRow>('platform.operators').first(...OPERATOR_COLUMNS, 'password_hash');
  const row = await ('id' in by
    ? query.where({ id: by.id })
    : query.whereRaw('lower(email) = ?', [by.email.toLowerCase()]));
  return row && { operator: toOperator(row), passwordHash: row.password_hash };
}

export async function insertOperator(db: Db, operator: Operator & { passwordHash: string }): Promise<void> {
  await db('platform.operators').insert({
    id: operator.id,
    email: operator.email,
    name: operator.name,
    role: operator.role,
    password_hash: operator.passwordHash,
    must_change_password: operator.mustChangePassword,
    active: operator.active,
    locale: operator.locale,
    theme: operator.theme,
    invited_by: operator.invitedBy,
    created_at: operator.createdAt,
    updated_at: operator.createdAt,
  });
}

type Changes = Partial<Pick<Operator, 'name' | 'role' | 'active' | 'locale' | 'theme' | 'mustChangePassword'>> & {
  passwordHash?: string;
  lastLoginAt?: Date;
};

/** An undefined value leaves its column alone. */
export async function updateOperator(db: Db, id: string, changes: Changes, at: Date): Promise<void> {
  const columns = {
    name: changes.name,
    role: changes.role,
    active: changes.active,
    locale: changes.locale,
    theme: changes.theme,
    must_change_password: changes.mustChangePassword,
    password_hash: changes.passwordHash,
    last_login_at: changes.lastLoginAt,
  };
  const given = Object.fromEntries(Object.entries(columns).filter(([, value]) => value !== undefined));
  await db('platform.operators')
    .where({ id })
    .update({ ...given, updated_at: at });
}

/** Locks every active admin and returns their ids: whoever wants to remove one must know that another stays. */
export async function lockActiveAdmins(db: Db): Promise<string[]> {
  const rows = await db<OperatorRow>('platform.operators')
    .select('id')
    .where({ role: 'admin', active: true })
    .orderBy('id')
    .forUpdate();
  return rows.map((row) => row.id);
}

/** Ends every session of a person, but for one when `exceptSid` is given. Returns how many ended. */
export async function deleteSessionsOf(db: Db, operatorId: string, exceptSid?: string): Promise<number> {
  const query = db('platform.sessions').where({ operator_id: operatorId });
  return exceptSid === undefined ? query.delete() : query.whereNot({ sid: exceptSid }).delete();
}

/** Ends one session. Returns false when it was over already. */
export async function deleteSession(db: Db, sid: string): Promise<boolean> {
  return (await db('platform.sessions').where({ sid }).delete()) > 0;
}
