import type { Context } from '#platform/context.ts';
import { withTenant, type Db } from '#platform/db/index.ts';
import { NotFound } from '#platform/errors.ts';
import { isId } from '#platform/ids.ts';
import type { StoreUser, UserRole } from './types.ts';

/** A session with its person, as each request needs them. */
type SessionRow = { user: StoreUser; tokenVersion: number; lastSeenAt: Date };

/** The person behind a session that is neither over, nor revoked, nor of someone who was deactivated. */
export async function findLiveSession(
  db: Db,
  { tenantId, sessionId, now }: { tenantId: string; sessionId: string; now: Date },
): Promise<SessionRow | undefined> {
  const { rows } = await db.raw<{ rows: Row[] }>(LIVE_SESSION, [tenantId, sessionId, now]);
  return rows[0] && toSession(rows[0]);
}

const LIVE_SESSION = `
  select s.last_seen_at, u.id, u.email, u.name, u.role, u.must_change_password, u.token_version
    from construction.sessions s
    join construction.users u on u.tenant_id = s.tenant_id and u.id = s.user_id
   where s.tenant_id = ? and s.id = ? and s.revoked_at is null and s.expires_at > ? and u.active`;

type Row = {
  last_seen_at: Date;
  id: string;
  email: string;
  name: string;
  role: UserRole;
  must_change_password: boolean;
  token_version: number;
};

function toSession(row: Row): SessionRow {
  return {
    user: {
      id: row.id,
      email: row.email,
      name: row.name,
      role: row.role,
      mustChangePassword: row.must_change_password,
    },
    tokenVersion: row.token_version,
    lastSeenAt: row.last_seen_at,
  };
}

/** How many people of the store can sign in; what an operator is told before closing it. */
export async function countActiveUsers(ctx: Context, tenantId: string): Promise<number> {
  return withTenant(ctx, tenantId, async (tx) => {
    const row = await tx
      .db('construction.users')
      .where({ active: true })
      .count<{ count: string }>({ count: '*' })
      .first();
    return Number(row?.count ?? 0);
  });
}

/** A person as an operator sees them. */
export type UserLine = {
  id: string;
  email: string;
  name: string;
  role: UserRole;
  active: boolean;
  /** They have a one-time password and have not chosen their own yet. */
  isInvited: boolean;
  lastLoginAt: Date | undefined;
  createdAt: Date;
};

/** Everybody of a store, who can sign in first, then by name. Reads only columns that the console may see. */
export async function listUsers(ctx: Context, tenantId: string): Promise<UserLine[]> {
  return withTenant(ctx, tenantId, async (tx) => {
    const rows = await tx
      .db('construction.users')
      .where({ tenant_id: tenantId })
      .orderByRaw('active desc, lower(name), id')
      .select<UserLineRow[]>(...LINE_COLUMNS);
    return rows.map(toLine);
  });
}

/** Throws NotFound `user_not_found`. */
export async function getUser(ctx: Context, tenantId: string, id: string): Promise<UserLine> {
  return withTenant(ctx, tenantId, async (tx) => {
    const row = isId(id)
      ? await tx
          .db('construction.users')
          .where({ tenant_id: tenantId, id })
          .first<UserLineRow | undefined>(...LINE_COLUMNS)
      : undefined;
    if (!row) throw new NotFound('user_not_found', 'The store has no such person.');
    return toLine(row);
  });
}

/** How many people are signed in now: whose session is neither over nor ended. */
export async function countSignedIn(ctx: Context, tenantId: string): Promise<number> {
  return withTenant(ctx, tenantId, async (tx) => {
    const row = await tx
      .db('construction.sessions')
      .where({ tenant_id: tenantId })
      .whereNull('revoked_at')
      .where('expires_at', '>', tx.clock.now())
      .countDistinct<{ count: string }>({ count: 'user_id' })
      .first();
    return Number(row?.count ?? 0);
  });
}

const LINE_COLUMNS = [
  'id',
  'email',
  'name',
  'role',
  'active',
  'must_change_password',
  'last_login_at',
  'created_at',
] as const;

type UserLineRow = {
  id: string;
  email: string;
  name: string;
  role: UserRole;
  active: boolean;
  must_change_password: boolean;
  last_login_at: Date | null;
  created_at: Date;
};

function toLine(row: UserLineRow): UserLine {
  return {
    id: row.id,
    email: row.email,
    name: row.name,
    role: row.role,
    active: row.active,
    isInvited: row.must_change_password,
    lastLoginAt: row.last_login_at ?? undefined,
    createdAt: row.created_at,
  };
}
