import type { Db } from '#platform/db/index.ts';
import type { StoreUser, UserRole } from './types.ts';

/** A person with what proves who they are. Never leaves this feature. */
export type Credentials = StoreUser & { passwordHash: string; active: boolean; tokenVersion: number };

type UserInsert = {
  tenantId: string;
  id: string;
  email: string;
  name: string;
  role: UserRole;
  passwordHash: string;
  mustChangePassword: boolean;
  at: Date;
};

export async function insertUser(db: Db, user: UserInsert): Promise<void> {
  await db('construction.users').insert({
    tenant_id: user.tenantId,
    id: user.id,
    email: user.email,
    name: user.name,
    role: user.role,
    password_hash: user.passwordHash,
    must_change_password: user.mustChangePassword,
    created_at: user.at,
    updated_at: user.at,
  });
}

/** Reads only columns that the console may see. */
export async function findUserId(db: Db, tenantId: string, email: string): Promise<string | undefined> {
  const row = await db('construction.users')
    .where({ tenant_id: tenantId })
    .whereRaw('lower(email) = lower(?)', [email])
    .first<{ id: string } | undefined>('id');
  return row?.id;
}

export async function deleteUsers(db: Db, tenantId: string): Promise<void> {
  await db('construction.users').where({ tenant_id: tenantId }).delete();
}

/**
 * Small letters are made here and not by the database, which takes `İ` for an i: then each spelling of one account would
 * have tries of its own.
 */
export async function findCredentials(db: Db, tenantId: string, email: string): Promise<Credentials | undefined> {
  const row = await db('construction.users')
    .where({ tenant_id: tenantId })
    .whereRaw('lower(email) = ?', [email.toLowerCase()])
    .first<UserRow | undefined>(...USER_COLUMNS);
  return row && toCredentials(row);
}

export async function updateLastLogin(db: Db, tenantId: string, id: string, at: Date): Promise<void> {
  await db('construction.users').where({ tenant_id: tenantId, id }).update({ last_login_at: at });
}

export async function updatePassword(
  db: Db,
  { tenantId, id, passwordHash, at }: { tenantId: string; id: string; passwordHash: string; at: Date },
): Promise<void> {
  await db('construction.users')
    .where({ tenant_id: tenantId, id })
    .update({
      password_hash: passwordHash,
      must_change_password: false,
      updated_at: at,
      version: db.raw('version + 1'),
    });
}

type SessionInsert = {
  tenantId: string;
  id: string;
  userId: string;
  issuedAt: Date;
  expiresAt: Date;
  ip: string | null;
  userAgent: string | null;
};

export async function insertSession(db: Db, session: SessionInsert): Promise<void> {
  await db('construction.sessions').insert({
    tenant_id: session.tenantId,
    id: session.id,
    user_id: session.userId,
    issued_at: session.issuedAt,
    expires_at: session.expiresAt,
    last_seen_at: session.issuedAt,
    ip: session.ip,
    user_agent: session.userAgent,
  });
}

export async function touchSession(db: Db, tenantId: string, id: string, at: Date): Promise<void> {
  await db('construction.sessions').where({ tenant_id: tenantId, id }).update({ last_seen_at: at });
}

/** Returns whether there was a session to end. */
export async function revokeSession(db: Db, tenantId: string, id: string, at: Date): Promise<boolean> {
  const count = await db('construction.sessions')
    .where({ tenant_id: tenantId, id })
    .whereNull('revoked_at')
    .update({ revoked_at: at });
  return count > 0;
}

/** Ends every other session of a person; returns how many. */
export async function revokeOtherSessions(
  db: Db,
  { tenantId, userId, keep, at }: { tenantId: string; userId: string; keep: string; at: Date },
): Promise<number> {
  return db('construction.sessions')
    .where({ tenant_id: tenantId, user_id: userId })
    .whereNot({ id: keep })
    .whereNull('revoked_at')
    .update({ revoked_at: at });
}

/**
 * How many people the store's plan allows, the store locked until the transaction ends, so that of two invitations at once
 * each is counted. For the console's role only.
 */
export async function lockUserLimit(db: Db, tenantId: string): Promise<number> {
  const { rows } = await db.raw<{ rows: { max_users: number }[] }>(
    `select p.max_users from platform.tenants t join platform.plans p on p.code = t.plan where t.id = ? for update of t`,
    [tenantId],
  );
  return rows[0]?.max_users ?? 0;
}

type UserChange = { active?: boolean; passwordHash?: string };

/** Changes what the console may change of a person. A new password is a one-time one. */
export async function updateUser(
  db: Db,
  { tenantId, id, at }: { tenantId: string; id: string; at: Date },
  { active, passwordHash }: UserChange,
): Promise<void> {
  await db('construction.users')
    .where({ tenant_id: tenantId, id })
    .update({
      ...(active !== undefined && { active }),
      ...(passwordHash !== undefined && { password_hash: passwordHash, must_change_password: true }),
      updated_at: at,
      version: db.raw('version + 1'),
    });
}

/** Ends the sessions of one person, or of everybody in the store; returns how many were ended. */
export async function revokeSessions(
  db: Db,
  { tenantId, userId, at }: { tenantId: string; userId?: string; at: Date },
): Promise<number> {
  return db('construction.sessions')
    .where({ tenant_id: tenantId, ...(userId !== undefined && { user_id: userId }) })
    .whereNull('revoked_at')
    .update({ revoked_at: at });
}

const USER_COLUMNS = [
  'id',
  'email',
  'name',
  'role',
  'password_hash',
  'active',
  'token_version',
  'must_change_password',
] as const;

type UserRow = {
  id: string;
  email: string;
  name: string;
  role: UserRole;
  password_hash: string;
  active: boolean;
  token_version: number;
  must_change_password: boolean;
};

function toCredentials(row: UserRow): Credentials {
  return {
    id: row.id,
    email: row.email,
    name: row.name,
    role: row.role,
    passwordHash: row.password_hash,
    active: row.active,
    tokenVersion: row.token_version,
    mustChangePassword: row.must_change_password,
  };
}
