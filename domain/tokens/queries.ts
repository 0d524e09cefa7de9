import type { Role } from '#domain/operators/index.ts';
import type { Db } from '#platform/db/index.ts';
import type { ApiToken } from './types.ts';

type TokenRow = {
  id: string;
  name: string;
  role: Role;
  created_by: string;
  created_at: Date;
  expires_at: Date;
  revoked_at: Date | null;
  last_used_on: string | null;
};

const COLUMNS = [
  'id',
  'name',
  'role',
  'created_by',
  'created_at',
  'expires_at',
  'revoked_at',
  'last_used_on',
] as const satisfies readonly (keyof TokenRow)[];

function toToken(row: TokenRow): ApiToken {
  return {
    id: row.id,
    name: row.name,
    role: row.role,
    createdBy: row.created_by,
    createdAt: row.created_at,
    expiresAt: row.expires_at,
    revokedAt: row.revoked_at ?? undefined,
    lastUsedOn: row.last_used_on ?? undefined,
  };
}

type TokenInsert = Pick<ApiToken, 'id' | 'name' | 'role' | 'createdBy' | 'createdAt' | 'expiresAt'> & { hash: Buffer };

export async function insertToken(db: Db, token: TokenInsert): Promise<ApiToken> {
  const [row] = await db('platform.api_tokens')
    .insert({
      id: token.id,
      name: token.name,
      role: token.role,
      token_hash: token.hash,
      created_by: token.createdBy,
      created_at: token.createdAt,
      expires_at: token.expiresAt,
    })
    .returning<TokenRow[]>([...COLUMNS]);
  return toToken(row!);
}

/** A token that is neither revoked nor expired at `now`. */
export async function findUsableToken(db: Db, hash: Buffer, now: Date): Promise<ApiToken | undefined> {
  const row = await db('platform.api_tokens')
    .where({ token_hash: hash, revoked_at: null })
    .where('expires_at', '>', now)
    .first<TokenRow | undefined>([...COLUMNS]);
  return row && toToken(row);
}

export async function updateLastUse(db: Db, id: string, day: string): Promise<void> {
  await db('platform.api_tokens').where({ id }).update({ last_used_on: day });
}

/** Revokes the usable token of that name; undefined when there is none. */
export async function revokeTokenByName(db: Db, name: string, at: Date): Promise<ApiToken | undefined> {
  const [row] = await db('platform.api_tokens')
    .whereRaw('lower(name) = lower(?)', [name])
    .where({ revoked_at: null })
    .update({ revoked_at: at })
    .returning<TokenRow[]>([...COLUMNS]);
  return row && toToken(row);
}

export async function selectTokens(db: Db): Promise<ApiToken[]> {
  const rows = await db('platform.api_tokens')
    .select<TokenRow[]>([...COLUMNS])
    .orderBy(['created_at', 'id']);
  return rows.map(toToken);
}
