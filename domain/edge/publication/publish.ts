import type { EdgeContext, FileError, Publication, PublicationKey, Run } from '../types.ts';
import { confirmRevisions, type Seen } from './confirm.ts';
import { listPublicationFiles } from './listings.ts';
import { openRevisions } from './open.ts';
import { sendRevisions } from './send.ts';

type PublicationReport = {
  /** How many files were opened over all edges; none when the edges served all of it already. */
  files: number;
  seen: Seen[];
  failures: PublicationFailure[];
};

type PublicationFailure = { slug: string; tenantId: string; error: FileError };

/**
 * Opens, sends and confirms in one go, for a job step that publishes besides doing something else. May be repeated after
 * a crash at any point. Throws what {@link openRevisions}, {@link sendRevisions} and {@link confirmRevisions} throw.
 */
export async function publishChanges(
  ctx: EdgeContext,
  { signal, ...publication }: Publication & Pick<Run, 'signal'>,
): Promise<PublicationReport> {
  const run = { jobId: publication.jobId, purpose: publication.purpose, signal };
  await openRevisions(ctx, publication);
  await sendRevisions(ctx, run);
  const { changes } = publication;
  const seen = await confirmRevisions(ctx, {
    ...run,
    changes: typeof changes === 'function' ? await changes() : changes,
  });
  return { seen, ...(await reportPublication(ctx, publication)) };
}

/** How far a publication got: the files that were opened, and those that could not be published. */
export async function reportPublication(
  ctx: EdgeContext,
  key: PublicationKey,
): Promise<Pick<PublicationReport, 'files' | 'failures'>> {
  const files = await listPublicationFiles(ctx, key);
  const failures = files.flatMap(({ slug, tenantId, error }) => (error ? [{ slug, tenantId, error }] : []));
  return { files: files.length, failures };
}
