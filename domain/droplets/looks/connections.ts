import type { Context } from '#platform/context.ts';
import type { ConnectionReport, SshTarget } from '#platform/ssh/index.ts';
import { listDroplets } from '#domain/droplets/listings.ts';
import { deleteConnectionsBefore, deleteConnectionsOf, upsertConnections } from './queries.ts';
import type { Connection } from './types.ts';

/** A worker that has been silent for so long is gone, and so are its connections. */
const GONE_AFTER_MS = 2 * 60_000;

/**
 * Tells the console, which holds no SSH connection itself, how those of one ops worker are: for every enrolled machine, also
 * those it has no connection to.
 */
export async function recordConnections(
  ctx: Context,
  instance: string,
  reports: readonly ConnectionReport[],
): Promise<void> {
  const asOf = ctx.clock.now();
  const connections = (await listDroplets(ctx)).map((droplet) => {
    const report = reports.find(({ target }) => isSameTarget(target, droplet));
    return { dropletId: droplet.id, ...toConnection(report), instance, asOf };
  });
  if (connections.length > 0) await upsertConnections(ctx.db, connections);
  await deleteConnectionsBefore(ctx.db, new Date(asOf.getTime() - GONE_AFTER_MS));
}

/** An ops worker that stops takes its connections with it. */
export async function forgetConnections(ctx: Context, instance: string): Promise<void> {
  await deleteConnectionsOf(ctx.db, instance);
}

const NONE = { since: undefined, running: 0, waiting: 0, failures: 0, error: undefined, retryAt: undefined };

function toConnection(report: ConnectionReport | undefined): Omit<Connection, 'instance' | 'asOf'> {
  if (!report) return { state: 'idle', ...NONE };
  const { state, since, running, waiting, failures, lastError, retryAt } = report;
  const error = lastError && { code: lastError.code, message: lastError.message };
  return { state, since, running, waiting, failures, error, retryAt };
}

/** A machine that was enrolled again, or got another key, has a connection of its own. */
function isSameTarget(a: SshTarget, b: SshTarget): boolean {
  return (['host', 'port', 'username', 'hostKey', 'keyName'] as const).every((key) => a[key] === b[key]);
}
