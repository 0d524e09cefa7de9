import type { Context } from '#platform/context.ts';
import { withTenant, type Db } from '#platform/db/index.ts';
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
