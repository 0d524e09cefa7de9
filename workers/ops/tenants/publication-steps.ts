import {
  confirmRevisions,
  openRevisions,
  reportPublication,
  revertRevisions,
  sendRevisions,
  type Change,
  type EdgeState,
} from '#domain/edge/index.ts';
import { isUnfinishedAbout, type StepSaying } from '#domain/jobs/index.ts';
import { getTenant } from '#domain/tenants/index.ts';
import { SnoozeJob } from '#platform/jobs/steering.ts';
import type { JobContext, StepCode } from '#workers/ops/job-handler.ts';
import { countedProgress } from '#workers/ops/progress.ts';

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
        const changes = () => changesOf(ctx, payload);
        const publication = { jobId, purpose, changes, author: ctx.actor.label, reason: payload.reason ?? reason };
        const revisions = await openRevisions(ctx, publication);
        return sayEach(
          'revision_checked',
          revisions.map((revision) => ({ revision })),
          'nothing_to_change',
        );
      },
    },
    publish_to_edge: {
      async do(ctx, _payload, { jobId, signal, say }) {
        const progress = countedProgress(say, 'files_sent');
        const sent = await sendRevisions(ctx, { jobId, purpose, signal, progress });
        return sayEach('revision_sent', sent, 'nothing_to_send');
      },
      undo: (ctx, _payload, { jobId, signal, reason: failure }) =>
        revertRevisions(ctx, { jobId, purpose, signal, reason: failure }),
    },
    probe_edge: {
      async do(ctx, payload, { jobId, signal, say }) {
        const changes = await changesOf(ctx, payload);
        const progress = countedProgress(say, 'stores_asked');
        const seen = await confirmRevisions(ctx, { jobId, purpose, changes, signal, progress });
        return [...sayWhatWasSeen(seen), ...(await sayFailures(ctx, jobId))];
      },
    },
  };
}

/** One saying for each of `things`, or the one that there was none. */
function sayEach(key: StepSaying['key'], things: StepSaying['values'][], none: StepSaying['key']): StepSaying[] {
  return things.length === 0 ? [{ key: none, values: {} }] : things.map((values) => ({ key, values }));
}

/** More stores than this are counted, not listed. */
const FEW = 10;

type Seen = Awaited<ReturnType<typeof confirmRevisions>>;

/** What the edges were seen doing. */
export function sayWhatWasSeen(seen: Seen): StepSaying[] {
  const right = seen.filter((one) => one.isRight);
  if (seen.length > FEW) return [{ key: 'stores_seen', values: { right: right.length, count: seen.length } }];
  return right.map(({ edge, host, revision }) =>
    revision === undefined
      ? { key: 'edge_forgot', values: { edge, host } }
      : { key: 'edge_answered', values: { edge, host, revision } },
  );
}

/** The stores of a batch that could not be published, each with its reason. */
async function sayFailures(ctx: JobContext, jobId: string): Promise<StepSaying[]> {
  const { failures } = await reportPublication(ctx, { jobId, purpose });
  return failures.map(({ slug, error }) => ({ key: 'store_refused', values: { slug, reason: error.message } }));
}

const LOOK_AGAIN_MS = 300;

/**
 * A store that is being opened counts as suspended until it was seen open. Who published it as it is meanwhile would close
 * it again, so that waits: SnoozeJob.
 */
export async function letOpeningsEnd(
  ctx: JobContext,
  tenantIds: readonly string[],
  kinds: readonly ('tenant.resume' | 'tenants.resume')[],
): Promise<void> {
  if (await isUnfinishedAbout(ctx, { kinds, tenantIds })) throw new SnoozeJob(LOOK_AGAIN_MS);
}

type OneStore = { tenantId: string };

/** One store under its present name, in the state that `stateOf` decides when the step begins. */
export function oneStore<P extends OneStore>(stateOf: (ctx: JobContext, payload: P) => Promise<EdgeState>) {
  return async (ctx: JobContext, payload: P): Promise<Change[]> => {
    const { id: tenantId, slug } = await getTenant(ctx, payload.tenantId);
    return [{ tenantId, slug, state: await stateOf(ctx, payload) }];
  };
}
