import { openAlert, resolveAlert } from '#domain/alerts/index.ts';
import type { Context } from '#platform/context.ts';
import { withTransaction } from '#platform/db/index.ts';
import { AppError } from '#platform/errors.ts';
import type { SshCommand, SshPool, SshResult } from '#platform/ssh/index.ts';
import { listDroplets } from './listings.ts';
import { updateDropletHealth } from './queries.ts';
import type { Droplet } from './types.ts';

/** A context that can reach the droplets. */
export type DropletContext = Context & { ssh: Pick<SshPool, 'run'> };

/**
 * Runs one verb of the agent on a droplet, and records whether the machine answered. A changed host key opens a critical
 * alert, which the next verb that is answered resolves. Throws what {@link SshPool.run} throws.
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

const LOOK_TIMEOUT_MS = 10_000;

/**
 * Asks every enrolled machine how it is and records who answers. One that does not answer, or shows another key, is noted
 * like any failed verb; it never keeps the others from being asked.
 */
export async function lookAtDroplets(ctx: DropletContext): Promise<void> {
  const looks = (await listDroplets(ctx)).map((droplet) =>
    runOnDroplet(ctx, droplet, { verb: 'status', args: [], timeoutMs: LOOK_TIMEOUT_MS }).catch(unlessUnexpected),
  );
  await Promise.all(looks);
}

function unlessUnexpected(error: unknown): void {
  if (!(error instanceof AppError)) throw error;
}

/** The key of the alert that says a droplet shows another host key. */
export function hostKeyAlert(dropletName: string): string {
  return `droplet:${dropletName}:host_key`;
}

async function recordAnswer(ctx: Context, droplet: Droplet, lastError: string | null): Promise<void> {
  const at = ctx.clock.now();
  await withTransaction(ctx, async (tx) => {
    await updateDropletHealth(tx.db, droplet.id, { status: 'reachable', lastError, seenAt: at, at });
    if (droplet.status !== 'reachable') await resolveAlert(tx, hostKeyAlert(droplet.name));
  });
}

async function recordFailure(ctx: Context, droplet: Droplet, error: AppError): Promise<void> {
  if (error.code === 'agent_refused') return recordAnswer(ctx, droplet, error.message);
  const isKeyChange = error.code === 'ssh_host_key_changed';
  await withTransaction(ctx, async (tx) => {
    const status = isKeyChange ? 'host_key_changed' : 'unreachable';
    await updateDropletHealth(tx.db, droplet.id, { status, lastError: error.message, at: tx.clock.now() });
    if (isKeyChange)
      await openAlert(tx, {
        key: hostKeyAlert(droplet.name),
        severity: 'critical',
        title: `${droplet.name} shows another host key than the pinned one`,
        detail: error.message,
      });
  });
}
