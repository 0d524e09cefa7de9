import { runVerb } from '#domain/droplets/index.ts';
import { defineJob } from '#workers/ops/job-handler.ts';
import { once } from './once.ts';

/** Runs one verb of the agent, with its output to be watched. Cancelling closes its channel. */
export const runVerbOnDroplet = defineJob('droplet.run', {
  run_verb: {
    async do(ctx, payload, run) {
      return [{ key: 'verb_answered', values: await once(runVerb(ctx, payload, run)) }];
    },
  },
});
