import { createHash, randomBytes } from 'node:crypto';
import { recordAudit } from '#domain/audit/index.ts';
import type { Role } from '#domain/operators/index.ts';
import type { Context } from '#platform/context.ts';
import { isUniqueViolation, withTransaction } from '#platform/db/index.ts';
import { Conflict, NotFound } from '#platform/errors.ts';
import { newId } from '#platform/ids.ts';
import { findUsableToken, insertToken, revokeTokenByName, selectTokens, updateLastUse } from './queries.ts';
import type { ApiToken } from './types.ts';

export const DEFAULT_TOKEN_DAYS = 90;
export const MAX_TOKEN_DAYS = 730;

const DAY_MS = 24 * 60 * 60 * 1000;
const SECRET_BYTES = 32;
/** The prefix lets secret scanners and people recognise one. */
const SHAPE = /^bct_[A-Za-z0-9_-]{43}$/;

/**
 * Makes a token of 256 random bits that carries `role` and ends after `days`. The secret is returned once and can never be
 * read again. Throws Conflict `token_name_taken` while another usable token has the name.
 */
export async function createToken(
  ctx: Context,
  { name, role, days = DEFAULT_TOKEN_DAYS }: { name: string; role: Role; days?: number },
): Promise<{ token: ApiToken; secret: string }> {
  const secret = `bct_${randomBytes(SECRET_BYTES).toString('base64url')}`;
  try {
    return await withTransaction(ctx, async (tx) => {
      const createdAt = tx.clock.now();
      const expiresAt = new Date(createdAt.getTime() + days * DAY_MS);
      const createdBy = tx.actor.label;
      const hash = hashOf(secret);
      const token = await insertToken(tx.db, { id: newId(), name, role, hash, createdBy, createdAt, expiresAt });
      const subject = { type: 'api_token', id: token.id, label: name };
      await recordAudit(tx, { action: 'api_token.created', subject, after: { name, role, expires_at: expiresAt } });
      return { token, secret };
    });
  } catch (error) {
    if (!isUniqueViolation(error, 'api_tokens_by_name')) throw error;
    const message = `There is a token named “${name}” already. Choose another name.`;
    throw new Conflict('token_name_taken', message, {
      fields: [{ path: 'name', code: 'token_name_taken', message }],
      cause: error,
    });
  }
}

/**
 * The token with this secret, when it is usable now, and notes the day of its use. The secret has full entropy, so a
 * plain hash is enough to store and its comparison by the database tells nothing.
 */
export async function findToken(ctx: Context, secret: string): Promise<ApiToken | undefined> {
  if (!SHAPE.test(secret)) return undefined;
  const now = ctx.clock.now();
  const token = await findUsableToken(ctx.db, hashOf(secret), now);
  const today = now.toISOString().slice(0, 10);
  if (token && token.lastUsedOn !== today) await updateLastUse(ctx.db, token.id, today);
  return token;
}

/** Ends a token at once; its name is free again. Throws NotFound `token_not_found`. */
export async function revokeToken(ctx: Context, name: string): Promise<ApiToken> {
  return withTransaction(ctx, async (tx) => {
    const token = await revokeTokenByName(tx.db, name, tx.clock.now());
    if (!token) throw new NotFound('token_not_found', `There is no usable token named “${name}”.`);
    const subject = { type: 'api_token', id: token.id, label: token.name };
    await recordAudit(tx, { action: 'api_token.revoked', subject, before: { name: token.name, role: token.role } });
    return token;
  });
}

/** All tokens ever made, oldest first. */
export function listTokens(ctx: Context): Promise<ApiToken[]> {
  return selectTokens(ctx.db);
}

function hashOf(secret: string): Buffer {
  return createHash('sha256').update(secret).digest();
}
