import { AppError } from '#platform/errors.ts';
import { AgentRefused } from '#platform/ssh/errors.ts';
import { runOnDroplet, type DropletContext } from '#domain/droplets/health.ts';
import { listDroplets } from '#domain/droplets/listings.ts';
import type { Droplet } from '#domain/droplets/types.ts';
import { absorbAnswer, noteUntold } from './absorb.ts';
import { listFacts, NOTHING } from './listings.ts';
import { saveFacts } from './queries.ts';
import type { DropletFacts } from './types.ts';

const LOOK_TIMEOUT_MS = 10_000;
const MINUTE_MS = 60_000;
/** How old each answer may get before the machine is asked again. */
const PROCESSES_EVERY_MS = 5 * MINUTE_MS;
const HOURLY_MS = 60 * MINUTE_MS;

/**
 * Asks every enrolled machine how it is, keeps what it says and records who answers. One that does not answer, or shows
 * another key, is noted like any failed verb; it never keeps the others from being asked.
 */
export async function lookAtDroplets(ctx: DropletContext): Promise<void> {
  const [droplets, facts] = await Promise.all([listDroplets(ctx), listFacts(ctx)]);
  const looks = droplets.map((droplet) => lookAt(ctx, droplet, facts.get(droplet.id) ?? NOTHING));
  await Promise.all(looks.map((look) => look.catch(unlessExpected)));
}

async function lookAt(ctx: DropletContext, droplet: Droplet, facts: DropletFacts): Promise<void> {
  const status = { verb: 'status', args: [], timeoutMs: LOOK_TIMEOUT_MS };
  await absorbAnswer(ctx, droplet, status, await runOnDroplet(ctx, droplet, status));
  const isDue = (asOf: Date | undefined, everyMs: number) =>
    asOf === undefined || ctx.clock.now().getTime() - asOf.getTime() >= everyMs;
  if (isDue(facts.processes?.asOf, PROCESSES_EVERY_MS)) await askAside(ctx, droplet, 'processes');
  if (droplet.role === 'edge' && isDue(facts.certificates?.asOf, HOURLY_MS))
    await askAside(ctx, droplet, 'certificates');
  if (isDue(facts.shell?.asOf, HOURLY_MS)) await tryForShell(ctx, droplet);
}

/** Not recorded as health: an older agent does not know the verb, and is well all the same. */
async function askAside(ctx: DropletContext, droplet: Droplet, verb: 'processes' | 'certificates'): Promise<void> {
  const asked = { verb, args: [], timeoutMs: LOOK_TIMEOUT_MS };
  try {
    await absorbAnswer(ctx, droplet, asked, await ctx.ssh.run(droplet, asked));
  } catch (error) {
    if (!(error instanceof AgentRefused)) throw error;
    await noteUntold(ctx, droplet, verb);
  }
}

/** sysexits.h EX_USAGE: what the agent answers to a word that is none of its verbs. */
const UNKNOWN_VERB = 64;

/**
 * Asks for what no agent knows. On a machine where our key is bound to the agent, it refuses; where the binding is missing, a
 * shell would say that there is no such command.
 */
async function tryForShell(ctx: DropletContext, droplet: Droplet): Promise<void> {
  try {
    await ctx.ssh.run(droplet, { verb: 'no-such-verb', timeoutMs: LOOK_TIMEOUT_MS });
    await keepAnswer(ctx, droplet, { refused: false, answer: 'exit 0' });
  } catch (error) {
    if (!(error instanceof AgentRefused)) throw error;
    const answer = `exit ${error.exitCode}: ${error.stderr.trim().slice(0, 200)}`;
    await keepAnswer(ctx, droplet, { refused: error.exitCode === UNKNOWN_VERB, answer });
  }
}

async function keepAnswer(
  { db, clock }: DropletContext,
  { id }: Droplet,
  { refused, answer }: { refused: boolean; answer: string },
): Promise<void> {
  await saveFacts(db, id, { shell_refused: refused, shell_answer: answer, shell_as_of: clock.now() });
}

function unlessExpected(error: unknown): void {
  if (!(error instanceof AppError)) throw error;
}
