import { createHash } from 'node:crypto';
import { withTenant } from '#platform/db/index.ts';
import { InvalidInput } from '#platform/errors.ts';
import type { StoreContext } from '#domain/construction/store/index.ts';
import { claimKey, deleteExpiredKeys, findAnswer, saveAnswer } from './queries.ts';

/** What a program was told: kept, so that a retry is told the same. */
export type Answer = { status: number; body: unknown };

/** Long enough for any retry, short enough that the table stays small. */
const KEPT_MS = 24 * 60 * 60_000;

type Request = { key: string; route: string; body: unknown };

/**
 * Runs `command` once per key: a repeat with the same key, person, route and body gets the first answer again, and one
 * that comes while the first still runs waits for it. The key, the change and the answer commit together; a command that
 * throws leaves its key free. Throws InvalidInput `idempotency_key_reused` when the key came with another request.
 */
export async function answerOnce(
  ctx: StoreContext,
  request: Request,
  command: (tx: StoreContext) => Promise<Answer>,
): Promise<Answer> {
  const requestHash = hashOf(ctx.user.id, request);
  return withTenant(ctx, ctx.tenantId, async (tx) => {
    const now = tx.clock.now();
    await deleteExpiredKeys(tx, now);
    const expiresAt = new Date(now.getTime() + KEPT_MS);
    const isFirst = await claimKey(tx, { ...request, userId: tx.user.id, requestHash, now, expiresAt });
    if (!isFirst) return repeat(await findAnswer(tx, request.key), requestHash);
    const answer = await command(tx);
    await saveAnswer(tx, request.key, answer);
    return answer;
  });
}

function repeat(known: { requestHash: string; answer: Answer } | undefined, requestHash: string): Answer {
  if (known?.requestHash === requestHash) return known.answer;
  throw new InvalidInput('idempotency_key_reused', 'This Idempotency-Key was used for another request.');
}

function hashOf(userId: string, { route, body }: Request): string {
  return createHash('sha256')
    .update(JSON.stringify([userId, route, body ?? null]))
    .digest('hex');
}
