import { listOpenAlerts as listAll, type Alert } from '#domain/alerts/index.ts';
import type { Context } from '#platform/context.ts';

/** What is wrong, but for the streams: where no relay was started, that events wait is true and beside the point. */
export async function listOpenAlerts(ctx: Context): Promise<Alert[]> {
  return (await listAll(ctx)).filter(({ key }) => !key.startsWith('stream:'));
}
