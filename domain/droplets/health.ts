import type { Context } from '#platform/context.ts';
import { withTransaction } from '#platform/db/index.ts';
import { AppError } from '#platform/errors.ts';
import type { SshCommand, SshPool, SshResult } from '#platform/ssh/index.ts';
import { alertHostKey, alertUnreachable, resolveAbsence } from './alerts.ts';
import { afterFailure } from './policy.ts';
import { lockHealth, markSeenAgain, updateHealth } from './queries.ts';
import type { Droplet } from './types.ts';

/** A context that can reach the droplets. */
export type DropletContext = Context & { ssh: Pick<SshPool, 'run'> };

/**
 * Runs one verb of the agent on a droplet, and records whether the machine answered. A changed host key opens a critical
 * alert at once; not answering does so when it happened twice, some time apart. The next verb that is answered resolves
 * both. Throws what {@link SshPool.run} throws.
 */
export async function runOnDroplet(ctx: DropletContext, droplet: Droplet, command: SshCommand): Promise<SshResult> {
  try {
    const result = await ctx.ssh.run(droplet, command);
    await recordAnswer(ctx, droplet, null);
    return result;
  } catch (error) {
    if (error instanceof AppError) await recordFailure(ctx, droplet, error);
    throw error;
  }
}

async function recordAnswer(ctx: Context, { id, name }: Droplet, lastError: string | null): Promise<void> {
  const at = ctx.clock.now();
  // The usual case, and one statement: it answered before, and it answers again.
  if (lastError === null && (await markSeenAgain(ctx.db, id, at))) return;
  await withTransaction(ctx, async (tx) => {
    if (!(await lockHealth(tx.db, id))) return;
    await updateHealth(tx.db, id, { status: 'reachable', failures: 0, failedAt: undefined, lastError, seenAt: at, at });
    await resolveAbsence(tx, name);
  });
}

async function recordFailure(ctx: Context, droplet: Droplet, error: AppError): Promise<void> {
  // Not the machine's doing: the request was never sent.
  if (error.status < 500) return;
  if (error.code === 'agent_refused') return recordAnswer(ctx, droplet, error.message);
  const isKeyChange = error.code === 'ssh_host_key_changed';
  await withTransaction(ctx, async (tx) => {
    const before = await lockHealth(tx.db, droplet.id);
    if (!before) return;
    const at = tx.clock.now();
    const after = afterFailure(before, { at, isKeyChange });
    await updateHealth(tx.db, droplet.id, { ...after, lastError: error.message, at });
    if (isKeyChange) await alertHostKey(tx, droplet.name, error.message);
    else if (after.status === 'unreachable') await alertUnreachable(tx, droplet.name, error.message);
  });
}
