import { confirmTenant, openRevisions, revertRevisions, sendRevisions, type EdgeState } from '#domain/edge/index.ts';
import type { StepSaying } from '#domain/jobs/index.ts';
import type { JobContext, StepCode } from '#workers/ops/job-handler.ts';

type Payload = { tenantId: string; reason?: string };
type PublicationSteps = Record<'render_document' | 'publish_to_edge' | 'probe_edge', StepCode<Payload>>;

/**
 * The three steps by which a tenant gets to the edges, in the state that `stateOf` decides when they begin. When the job
 * cannot finish, the edges get back what they served before.
 */
export function publicationSteps(
  stateOf: (ctx: JobContext, payload: Payload) => Promise<EdgeState>,
  reason: string,
): PublicationSteps {
  return {
    render_document: {
      async do(ctx, payload, { jobId }) {
        const publication = {
          tenantId: payload.tenantId,
          state: await stateOf(ctx, payload),
          jobId,
          author: ctx.actor.label,
          reason: payload.reason ?? reason,
        };
        const revisions = await openRevisions(ctx, publication);
        return sayEach(
          'revision_checked',
          revisions.map((revision) => ({ revision })),
          'nothing_to_change',
        );
      },
    },
    publish_to_edge: {
      async do(ctx, _payload, { jobId, signal }) {
        const sent = await sendRevisions(ctx, { jobId, signal });
        return sayEach('revision_sent', sent, 'nothing_to_send');
      },
      undo: (ctx, _payload, { jobId, signal, reason: failure }) =>
        revertRevisions(ctx, { jobId, signal, reason: failure }),
    },
    probe_edge: {
      async do(ctx, { tenantId }, { jobId, signal }) {
        const seen = await confirmTenant(ctx, { tenantId, jobId, signal });
        return seen.map((values) => ({ key: 'edge_answered', values }));
      },
    },
  };
}

/** One saying for each of `things`, or the one that there was none. */
function sayEach(key: StepSaying['key'], things: StepSaying['values'][], none: StepSaying['key']): StepSaying[] {
  return things.length === 0 ? [{ key: none, values: {} }] : things.map((values) => ({ key, values }));
}
