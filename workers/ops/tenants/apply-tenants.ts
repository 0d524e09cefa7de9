import { applyLines, getApplication } from '#domain/applications/index.ts';
import { defineJob } from '#workers/ops/job-handler.ts';
import { countedProgress } from '#workers/ops/progress.ts';

/** Fewer stores are made before anybody could read how far it is. */
const WORTH_TELLING = 10;

/**
 * Creates and updates the stores of a file. What is made brings itself to the edges by a job of its own; a cancelled
 * application keeps what it has made, and goes on with the rest when it is retried.
 */
export const applyTenants = defineJob('tenants.apply', {
  apply_lines: {
    async do(ctx, { applicationId }, { signal, say }) {
      const progress = countedProgress(say, 'lines_applied', WORTH_TELLING);
      await applyLines(ctx, applicationId, { signal, progress });
      const { counts, created, updated } = await getApplication(ctx, applicationId);
      const left = counts.create + counts.update - created - updated;
      return [{ key: 'lines_done', values: { created, updated, left } }];
    },
  },
});
