import { recordAudit } from '#domain/audit/index.ts';
import { openJobOutput, requestJob, type JobPayload } from '#domain/jobs/index.ts';
import type { Context } from '#platform/context.ts';
import { withTransaction } from '#platform/db/index.ts';
import { Conflict } from '#platform/errors.ts';
import { runOnDroplet, type DropletContext } from '#domain/droplets/health.ts';
import { getDroplet, getDropletById } from '#domain/droplets/listings.ts';
import { absorbAnswer } from '#domain/droplets/looks/absorb.ts';
import { about } from '#domain/droplets/service.ts';
import { countFollows } from './listings.ts';
import { followSecondsOf, parseRun, timeLimitOf, type RunInput } from './verbs.ts';

/** The ops worker runs four jobs at a time: watching logs must not keep it from publishing stores. */
const MAX_FOLLOWS = 2;

/**
 * Has a verb run on a droplet; what it prints can be watched. Returns the job that runs it. Throws NotFound
 * `droplet_not_found`, InvalidInput `run_invalid` naming the fields at fault, Conflict `too_many_follows`.
 */
export async function requestRun(ctx: Context, name: string, input: RunInput): Promise<string> {
  const droplet = await getDroplet(ctx, name);
  const { verb, args } = parseRun(input, droplet.role);
  return withTransaction(ctx, async (tx) => {
    if (followSecondsOf(args) !== undefined && (await countFollows(tx)) >= MAX_FOLLOWS)
      throw new Conflict(
        'too_many_follows',
        `${MAX_FOLLOWS} logs are being followed already. Cancel one of them, or ask for its last lines.`,
      );
    await recordAudit(tx, {
      action: 'droplet.run_requested',
      ...about(droplet),
      after: { verb, args: args.join(' ') },
    });
    const subject = `${name} · ${[verb, ...args].join(' ')}`;
    return requestJob(tx, { kind: 'droplet.run', subject, payload: { dropletId: droplet.id, verb, args } });
  });
}

/**
 * Runs the verb and keeps what it prints while it prints it. Returns who answered, and within how many
 * milliseconds. Throws what
 * {@link runOnDroplet} throws, and the signal's reason once it is aborted: then the channel is closed, and the verb with it.
 */
export async function runVerb(
  ctx: DropletContext,
  { dropletId, verb, args }: JobPayload<'droplet.run'>,
  { jobId, signal }: { jobId: string; signal: AbortSignal },
): Promise<{ droplet: string; ms: number }> {
  const droplet = await getDropletById(ctx, dropletId);
  const output = await openJobOutput(ctx, jobId);
  const isFollow = followSecondsOf(args) !== undefined;
  try {
    const result = await runOnDroplet(ctx, droplet, {
      verb,
      args,
      signal,
      timeoutMs: timeLimitOf({ verb, args }),
      keepsOutput: !isFollow,
      onOutput: (text) => output.write(text),
    });
    await absorbAnswer(ctx, droplet, { verb, args }, result);
    return { droplet: droplet.name, ms: Math.round(result.elapsedMs) };
  } finally {
    await output.end();
  }
}
