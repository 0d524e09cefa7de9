import type { Context } from '#platform/context.ts';
import { withTransaction } from '#platform/db/index.ts';
import type { SshResult } from '#platform/ssh/index.ts';
import { reviewCertificates, reviewFigures } from '#domain/droplets/alerts.ts';
import type { Droplet } from '#domain/droplets/types.ts';
import { clockSkew, figuresOf, parseCertificates, parseProcesses, parseStatus } from './facts.ts';
import { deleteSamplesBefore, saveFacts, upsertSample } from './queries.ts';

/** One sample stands for so much time, and so long is it kept: 288 rows a machine. */
const BUCKET_MS = 5 * 60_000;
const KEPT_MS = 24 * 3_600_000;
const LOG_TAIL_CHARACTERS = 64_000;

type Asked = { verb: string; args: readonly string[] };

/** Keeps what a machine just said of itself, for the pages; what they do not show is passed over. */
export async function absorbAnswer(
  ctx: Context,
  droplet: Droplet,
  { verb, args }: Asked,
  result: SshResult,
): Promise<void> {
  const asOf = ctx.clock.now();
  if (verb === 'status') await absorbStatus(ctx, droplet, result);
  else if (verb === 'processes')
    await saveFacts(ctx.db, droplet.id, {
      processes: JSON.stringify(parseProcesses(result.stdout)),
      processes_as_of: asOf,
    });
  else if (verb === 'certificates') await absorbCertificates(ctx, droplet, result.stdout);
  else if (verb === 'logs' && args[2] === undefined)
    await saveFacts(ctx.db, droplet.id, {
      log_name: args[0] ?? '',
      log_tail: result.stdout.slice(-LOG_TAIL_CHARACTERS),
      log_as_of: asOf,
    });
}

/** Notes that the machine was asked and would not tell: its agent is of an older version, or it has nothing to tell. */
export async function noteUntold(ctx: Context, { id }: Droplet, verb: 'processes' | 'certificates'): Promise<void> {
  await saveFacts(ctx.db, id, { [verb]: null, [`${verb}_as_of`]: ctx.clock.now() });
}

async function absorbStatus(ctx: Context, { id, name }: Droplet, { stdout, elapsedMs }: SshResult): Promise<void> {
  const status = parseStatus(stdout);
  const figures = figuresOf(status);
  const asOf = ctx.clock.now();
  const answer = { receivedAtMs: asOf.getTime(), roundTripMs: elapsedMs };
  const skew = figures.clock === undefined ? undefined : clockSkew(figures.clock, answer);
  await withTransaction(ctx, async (tx) => {
    await saveFacts(tx.db, id, {
      status: JSON.stringify(status),
      status_as_of: asOf,
      round_trip_ms: Math.round(elapsedMs),
      clock_skew_ms: skew?.skewMs ?? null,
      clock_uncertainty_ms: skew?.uncertaintyMs ?? null,
    });
    const { loadPerCore, memoryUsed, diskUsed } = figures;
    const at = new Date(Math.floor(asOf.getTime() / BUCKET_MS) * BUCKET_MS);
    await upsertSample(tx.db, id, { at, loadPerCore, memoryUsed, diskUsed });
    await deleteSamplesBefore(tx.db, id, new Date(asOf.getTime() - KEPT_MS));
    await reviewFigures(tx, name, { figures, skew });
  });
}

async function absorbCertificates(ctx: Context, { id, name }: Droplet, text: string): Promise<void> {
  const certificates = parseCertificates(text);
  await withTransaction(ctx, async (tx) => {
    const columns = { certificates: JSON.stringify(certificates), certificates_as_of: tx.clock.now() };
    await saveFacts(tx.db, id, columns);
    await reviewCertificates(tx, name, certificates);
  });
}
