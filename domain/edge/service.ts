import { recordAudit } from '#domain/audit/index.ts';
import { requestJob } from '#domain/jobs/index.ts';
import type { Context } from '#platform/context.ts';
import { withTransaction } from '#platform/db/index.ts';
import { Conflict } from '#platform/errors.ts';
import { refuseUnlessShown } from './fingerprint.ts';
import { planPending, type PublicationPlan } from './pending/plan.ts';
import { getEdge } from './publication/send.ts';

/**
 * Asks for a job that tests an edge's configuration, reloads its nginx and probes it. Returns the job's id. Throws NotFound
 * `edge_not_found`.
 */
export async function requestReload(
  ctx: Context,
  { dropletId, reason }: { dropletId: string; reason: string },
): Promise<string> {
  return withTransaction(ctx, async (tx) => {
    const edge = await getEdge(tx, dropletId);
    const payload = { dropletId, reason };
    const jobId = await requestJob(tx, { kind: 'edge.reload', subject: `edge ${edge.name}`, payload });
    await recordAudit(tx, {
      action: 'edge.reload_requested',
      subject: { type: 'droplet', id: dropletId, label: edge.name },
      after: { reason },
    });
    return jobId;
  });
}

type PublicationOrder = {
  /** Without it everything that is pending, maps included. */
  slugs?: readonly string[] | undefined;
  reason: string;
  /** Fingerprint of the plan that was confirmed; another plan is refused. */
  shown?: string | undefined;
};

/**
 * Asks for the jobs that bring pending changes to the edges: one for stores, one for maps. Returns their ids and what was
 * planned. Throws Conflict `nothing_to_publish` and `plan_changed`, InvalidInput `store_not_served`.
 */
export async function requestPublication(
  ctx: Context,
  { slugs, reason, shown }: PublicationOrder,
): Promise<{ jobIds: string[]; plan: PublicationPlan }> {
  return withTransaction(ctx, async (tx) => {
    const plan = await planPending(tx, { slugs });
    refuseUnlessShown(plan, shown);
    const { changes, maps } = plan;
    if (changes.length === 0 && maps.length === 0)
      throw new Conflict('nothing_to_publish', 'The edges have all of it already. Nothing was done.');
    const jobIds: string[] = [];
    if (changes.length > 0) jobIds.push(await requestStores(tx, plan, reason));
    if (maps.length > 0)
      jobIds.push(await requestJob(tx, { kind: 'edge.publish_maps', subject: 'edge maps', payload: { reason } }));
    await recordAudit(tx, {
      action: 'edge.publication_requested',
      subject: { type: 'edge', id: 'all', label: 'all edges' },
      after: { stores: namesOf(plan), maps: maps.map(({ edge }) => edge), reason },
    });
    return { jobIds, plan };
  });
}

function requestStores(tx: Context, { changes }: PublicationPlan, reason: string): Promise<string> {
  const [first] = changes;
  const subject = changes.length === 1 ? `store ${first?.slug}` : `${changes.length} stores`;
  const tenantIds = changes.map((change) => change.tenantId);
  return requestJob(tx, { kind: 'tenants.publish', subject, payload: { tenantIds, reason } });
}

/** The job knows all of them; people read a few. */
const MAX_NAMED = 50;

function namesOf({ changes }: PublicationPlan): string[] {
  const names = changes.slice(0, MAX_NAMED).map((change) => change.slug);
  return changes.length > MAX_NAMED ? [...names, `and ${changes.length - MAX_NAMED} more`] : names;
}
