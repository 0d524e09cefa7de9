import {
  confirmRevisions,
  openRevisions,
  reportPublication,
  revertRevisions,
  sendRevisions,
  type Change,
  type EdgeState,
} from '#domain/edge/index.ts';
import { getTenant } from '#domain/tenants/index.ts';
import type { JobContext, StepCode } from '#workers/ops/job-handler.ts';

type StepName = 'render_document' | 'publish_to_edge' | 'probe_edge';
type PublicationSteps<P> = Record<StepName, StepCode<P>>;

type Source<P> = {
  /** The stores to publish, each in the state it is to be in when the step begins. */
  changesOf: (ctx: JobContext, payload: P) => Promise<Change[]>;
  /** Why, where the payload does not say. */
  reason: string;
};

const purpose = 'publish';

/**
 * The three steps by which stores get to the edges. When the job cannot finish, the edges get back what they served
 * before. Of many stores, those that cannot be published are named and do not keep the others.
 */
export function publicationSteps<P extends { reason?: string }>({ changesOf, reason }: Source<P>): PublicationSteps<P> {
  return {
    render_document: {
      async do(ctx, payload, { jobId }) {
        const [changes, author] = [await changesOf(ctx, payload), ctx.actor.label];
        const publication = { jobId, purpose, changes, author, reason: payload.reason ?? reason };
        const revisions = await openRevisions(ctx, publication);
        return revisions.length === 0
          ? 'The edges serve exactly this already.'
          : `Revision ${revisions.join(', ')} checked.`;
      },
    },
    publish_to_edge: {
      async do(ctx, _payload, { jobId, signal }) {
        const sent = await sendRevisions(ctx, { jobId, purpose, signal });
        return sent.length === 0 ? 'Nothing to send.' : `Sent ${sent.join(', ')}.`;
      },
      undo: (ctx, _payload, { jobId, signal, reason: failure }) =>
        revertRevisions(ctx, { jobId, purpose, signal, reason: failure }),
    },
    probe_edge: {
      async do(ctx, payload, { jobId, signal }) {
        const seen = await confirmRevisions(ctx, { jobId, purpose, changes: await changesOf(ctx, payload), signal });
        return [...seen, ...(await failuresOf(ctx, jobId))].map((line) => `${line}.`).join(' ');
      },
    },
  };
}

/** The stores of a batch that could not be published, in words. */
async function failuresOf(ctx: JobContext, jobId: string): Promise<string[]> {
  const { failures } = await reportPublication(ctx, { jobId, purpose });
  return failures.map(({ slug, error }) => `${slug} could not be published: ${error.message.replace(/\.$/, '')}`);
}

type OneStore = { tenantId: string };

/** One store under its present name, in the state that `stateOf` decides when the step begins. */
export function oneStore<P extends OneStore>(stateOf: (ctx: JobContext, payload: P) => Promise<EdgeState>) {
  return async (ctx: JobContext, payload: P): Promise<Change[]> => {
    const { id: tenantId, slug } = await getTenant(ctx, payload.tenantId);
    return [{ tenantId, slug, state: await stateOf(ctx, payload) }];
  };
}
