import { runVerb } from '#domain/droplets/index.ts';
import { defineJob } from '#workers/ops/job-handler.ts';
import { once } from './once.ts';

/** Runs one verb of the agent, with its output to be watched. Cancelling closes its channel. */
export const runVerbOnDroplet = defineJob('droplet.run', {
  run_verb: { do: (ctx, payload, run) => once(runVerb(ctx, payload, run)) },
});
