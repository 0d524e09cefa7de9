import { listOpenAlerts } from '#domain/alerts/index.ts';
import { listAudit } from '#domain/audit/index.ts';
import { listDroplets } from '#domain/droplets/index.ts';
import { readStreams } from '#domain/streams/index.ts';
import { countTenantsByStatus } from '#domain/tenants/index.ts';
import type { Context } from '#platform/context.ts';
import { toError } from '#platform/errors.ts';
import type { RedisConnection } from '#platform/redis/index.ts';
import { countJobs, listEdgeStates, listHeartbeats } from './listings.ts';
import { judgeOpsWorker } from './policy.ts';
import type { Overview, Reading } from './types.ts';

const HOUR_MS = 3_600_000;
const ACTIVITY_LINES = 12;

/** Reads every part on its own, so that one that fails is shown as unknown, with its reason, beside those that do not. */
export async function readOverview(ctx: Context, redis: RedisConnection): Promise<Overview> {
  const hourAgo = new Date(ctx.clock.now().getTime() - HOUR_MS);
  const [tenants, droplets, edges, streams, opsWorker, jobs, alerts, activity] = await Promise.all([
    read(ctx, () => countTenantsByStatus(ctx)),
    read(ctx, () => listDroplets(ctx)),
    read(ctx, () => listEdgeStates(ctx)),
    read(ctx, () => readStreams(ctx, redis)),
    read(ctx, async () => judgeOpsWorker(await listHeartbeats(ctx, 'ops'))),
    read(ctx, () => countJobs(ctx)),
    read(ctx, () => listOpenAlerts(ctx)),
    read(ctx, () => listAudit(ctx, { from: hourAgo, limit: ACTIVITY_LINES })),
  ]);
  return { tenants, droplets, edges, streams, opsWorker, jobs, alerts, activity };
}

async function read<T>(ctx: Context, source: () => Promise<T>): Promise<Reading<T>> {
  try {
    return { known: true, value: await source(), asOf: ctx.clock.now() };
  } catch (thrown) {
    const error = toError(thrown) as NodeJS.ErrnoException;
    ctx.log.warn({ err: error }, 'a part of the overview could not be read');
    return { known: false, reason: error.code ?? error.name, asOf: ctx.clock.now() };
  }
}
