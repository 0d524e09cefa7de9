import { runOnDroplet, type DropletContext, type Edge } from '#domain/droplets/index.ts';
import { AppError } from '#platform/errors.ts';
import type { RevisionFile } from './types.ts';

/** Puts a file's bytes and state on an edge's disk; the agent checks size and hash before anything is served. */
export async function putFile(
  ctx: DropletContext,
  edge: Edge,
  { file, signal }: { file: RevisionFile; signal: AbortSignal },
): Promise<void> {
  const stdin = Buffer.from(file.document);
  const args = [file.slug, file.state, file.sha256, String(stdin.length)];
  await runOnDroplet(ctx, edge, { verb: 'put', args, stdin, signal });
}

/** Takes a store off an edge's disk; nothing happens when it is not there. */
export async function removeFile(
  ctx: DropletContext,
  edge: Edge,
  { slug, signal }: { slug: string; signal: AbortSignal },
): Promise<void> {
  await runOnDroplet(ctx, edge, { verb: 'remove', args: [slug], signal });
}

/** These say that no verb was begun, so the disk is as it was. */
const BEFORE_ANY_VERB = new Set(['ssh_host_key_changed', 'ssh_connect_failed', 'ssh_auth_failed', 'ssh_bad_argument']);

/** True when the failure happened before the edge could have changed anything. */
export function nothingWasSent(error: unknown): boolean {
  return error instanceof AppError && BEFORE_ANY_VERB.has(error.code);
}
