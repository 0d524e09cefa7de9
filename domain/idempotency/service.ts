import type { Sealer } from '#platform/auth/seal.ts';
import type { Context } from '#platform/context.ts';
import { withTransaction } from '#platform/db/index.ts';
import { Conflict, InvalidInput } from '#platform/errors.ts';
import { deleteExpiredAnswers, findAnswer, insertAnswer, tryLockKey } from './queries.ts';

export type Answer = { status: number; headers: Record<string, string>; body: unknown };

type IdempotentRequest = {
  /** Who asks for what: the same key means nothing to another caller or at another address. */
  scope: string;
  key: string;
  /** Of the request's content: a key may not be used for two different requests. */
  requestHash: string;
};

const REMEMBER_MS = 24 * 60 * 60 * 1000;

/**
 * Does a request once, however often it is sent: the change and its answer commit together, and within 24 hours the same
 * key is answered with the stored answer. A request that was refused changed nothing and is forgotten, so it can be
 * corrected under the same key. Answers rest sealed, since one may hold a password that is shown only once.
 * Throws InvalidInput `idempotency_key_reused`, or Conflict `idempotency_key_in_use` while the first is still at work.
 */
export async function answerOnce<C extends Context>(
  ctx: C,
  { request, sealer }: { request: IdempotentRequest; sealer: Sealer },
  work: (tx: C) => Promise<Answer>,
): Promise<{ answer: Answer; replayed: boolean }> {
  return withTransaction(ctx, async (tx) => {
    if (!(await tryLockKey(tx.db, request)))
      throw new Conflict('idempotency_key_in_use', 'A request with this key is being worked on. Try again shortly.');
    const at = tx.clock.now();
    const stored = await findAnswer(tx.db, request, at);
    if (stored) {
      if (stored.requestHash !== request.requestHash)
        throw new InvalidInput('idempotency_key_reused', 'This key was used for another request. Take a new one.');
      return { answer: JSON.parse(sealer.unseal(stored.sealed)) as Answer, replayed: true };
    }
    const answer = await work(tx);
    const sealed = sealer.seal(JSON.stringify(answer));
    const expiresAt = new Date(at.getTime() + REMEMBER_MS);
    await insertAnswer(tx.db, { ...request, status: answer.status, sealed, at, expiresAt });
    await deleteExpiredAnswers(tx.db, at);
    return { answer, replayed: false };
  });
}
