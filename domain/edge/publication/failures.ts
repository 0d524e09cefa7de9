import { openAlert, resolveAlerts } from '#domain/alerts/index.ts';
import type { Context } from '#platform/context.ts';
import type { EdgeContext, FileError, RevisionFile } from '../types.ts';
import { updateFileOutcomes } from './queries.ts';

/** Records files of a batch as failed, and opens an alert for the store of each. */
export async function failFiles(
  ctx: EdgeContext,
  failures: readonly { file: RevisionFile; error: FileError }[],
): Promise<void> {
  const results = failures.map((failure) => ({ ...failure, outcome: 'failed' as const }));
  await updateFileOutcomes(ctx.db, results, ctx.clock.now());
  await openPublicationAlerts(
    ctx,
    failures.map(({ file, error }) => ({ ...file, error })),
  );
}

type Failure = { slug: string; tenantId: string; error: FileError };

/** Says of each of these stores that it could not be published, until it was seen served as it should be. */
export async function openPublicationAlerts(ctx: Context, failures: readonly Failure[]): Promise<void> {
  for (const { slug, tenantId, error } of failures)
    await openAlert(ctx, {
      key: publicationAlert(tenantId),
      severity: 'warning',
      title: `${slug} could not be published`,
      detail: error.message,
      tenantId,
    });
}

/** These stores were seen served as they should be: what was said against their publication no longer holds. */
export async function resolvePublicationAlerts(ctx: EdgeContext, tenantIds: readonly string[]): Promise<void> {
  await resolveAlerts(ctx, tenantIds.map(publicationAlert));
}

const publicationAlert = (tenantId: string) => `tenant:${tenantId}:publication`;
