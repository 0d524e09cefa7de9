import { runOnDroplet, type DropletContext, type Edge } from '#domain/droplets/index.ts';
import { AppError } from '#platform/errors.ts';
import { AgentRefused } from '#platform/ssh/errors.ts';
import { sha256 } from './document.ts';
import type { EdgeFile, EdgeState, RevisionFile } from './types.ts';

/*
 * What we ask of an edge's agent (ops/agent/README.md). Every write says what it expects to replace, so nothing that
 * somebody else put on the disk is overwritten unseen.
 */

/** A file and what its place on the disk is expected to hold: `absent`, `<state>:<sha256>`, or `any` when it may be lost. */
export type Replacement = { file: RevisionFile; expected: string };

/** How the agent names the state and bytes of a place. */
export function tokenOf(served: Pick<EdgeFile, 'state' | 'sha256'> | undefined): string {
  return served ? `${served.state}:${served.sha256}` : 'absent';
}

type Sent<T> = T & { signal: AbortSignal };

/** A thousand files of a full bundle take a slow disk some seconds. */
const PUT_TIMEOUT_MS = 60_000;

/** Puts all of these files on the disk, or none. Throws {@link AgentRefused}; see {@link driftIn} and {@link isAboutFile}. */
export async function putFiles(
  ctx: DropletContext,
  edge: Edge,
  { replacements, signal }: Sent<{ replacements: readonly Replacement[] }>,
): Promise<void> {
  const stdin = Buffer.from(replacements.map(lineOf).join(''));
  const args = [String(stdin.length), sha256(stdin)];
  await runOnDroplet(ctx, edge, { verb: 'put', args, stdin, signal, timeoutMs: PUT_TIMEOUT_MS });
}

function lineOf({ file, expected }: Replacement): string {
  if (file.state === 'absent') return `remove ${file.slug} ${expected}\n`;
  return `put ${file.slug} ${file.state} ${file.sha256} ${expected} ${file.document}\n`;
}

const MAPS_TIMEOUT_MS = 60_000;

/** Replaces the maps and reloads nginx, or changes nothing. True when it reloaded. */
export async function putMaps(
  ctx: DropletContext,
  edge: Edge,
  { lines, expected, signal }: Sent<{ lines: string; expected: string }>,
): Promise<boolean> {
  const stdin = Buffer.from(lines);
  const args = [String(stdin.length), sha256(stdin), expected];
  const { stdout } = await runOnDroplet(ctx, edge, { verb: 'maps', args, stdin, signal, timeoutMs: MAPS_TIMEOUT_MS });
  return stdout.startsWith('reloaded');
}

/** Whether nginx would take these maps. Throws {@link AgentRefused} with its complaint when not; nothing is changed. */
export async function tryMaps(
  ctx: DropletContext,
  edge: Edge,
  { lines, signal }: Sent<{ lines: string }>,
): Promise<void> {
  const stdin = Buffer.from(lines);
  const args = [String(stdin.length), sha256(stdin)];
  await runOnDroplet(ctx, edge, { verb: 'try-maps', args, stdin, signal, timeoutMs: MAPS_TIMEOUT_MS });
}

/** Tests the configuration and makes nginx read it again. */
export async function reloadNginx(ctx: DropletContext, edge: Edge, signal: AbortSignal): Promise<void> {
  await runOnDroplet(ctx, edge, { verb: 'reload', args: [], signal, timeoutMs: MAPS_TIMEOUT_MS });
}

/** The bytes of a store's file as they lie on the disk. */
export async function readFileOf(ctx: DropletContext, edge: Edge, slug: string): Promise<string> {
  const { stdout } = await runOnDroplet(ctx, edge, { verb: 'read', args: [slug] });
  return stdout;
}

/** Gives a store's file its mode back and takes away a marker that belongs to no store. */
export async function cleanFile(ctx: DropletContext, edge: Edge, slug: string): Promise<void> {
  await runOnDroplet(ctx, edge, { verb: 'clean', args: [slug] });
}

/** What an edge holds. `foreign` are things in its folders that are no store's file or marker. */
export type Manifest = {
  files: { slug: string; state: EdgeState; sha256: string; mode: string }[];
  foreign: { folder: string; name: string }[];
  /** Undefined when it has none yet. */
  mapsSha256: string | undefined;
};

/** Asks an edge for all that it holds. */
export async function readManifest(ctx: DropletContext, edge: Edge): Promise<Manifest> {
  const { stdout } = await runOnDroplet(ctx, edge, { verb: 'manifest', args: [], timeoutMs: PUT_TIMEOUT_MS });
  const manifest: Manifest = { files: [], foreign: [], mapsSha256: undefined };
  for (const line of stdout.split('\n')) {
    const [kind, first = '', second = '', third = '', fourth = ''] = line.split(' ');
    if (kind === 'tenant')
      manifest.files.push({ slug: first, state: second as EdgeState, sha256: third, mode: fourth });
    else if (kind === 'foreign') manifest.foreign.push({ folder: first, name: second });
    else if (kind === 'maps' && first !== 'absent') manifest.mapsSha256 = first;
  }
  return manifest;
}

/** Exit codes of the agent that mean the same for every verb. */
const EXIT = { data: 65, config: 78, drifted: 76 } as const;

/** The names that the agent found in another state than expected, each with that state; undefined for another refusal. */
export function driftIn(error: unknown): Map<string, string> | undefined {
  if (!(error instanceof AgentRefused) || error.exitCode !== EXIT.drifted) return undefined;
  const lines = error.stdout.split('\n').map((line) => line.split(' '));
  return new Map(lines.filter(([word]) => word === 'drifted').map(([, name = '', actual = '']) => [name, actual]));
}

/**
 * True when a bundle was refused for what is in one of its files, which the agent then names. Any other refusal, its own
 * broken configuration among them, is no store's fault.
 */
export function isAboutFile(error: unknown): error is AgentRefused {
  return error instanceof AgentRefused && error.exitCode === EXIT.data && error.stderr.startsWith('bad ');
}

/** True when the agent, or its nginx, refused the maps that were sent, and would refuse them again. */
export function isAboutMaps(error: unknown): error is AgentRefused {
  return error instanceof AgentRefused && (error.exitCode === EXIT.data || error.exitCode === EXIT.config);
}

/** These say that no verb was begun, so the disk is as it was. */
const BEFORE_ANY_VERB = new Set(['ssh_host_key_changed', 'ssh_connect_failed', 'ssh_auth_failed', 'ssh_bad_argument']);

/** True when the edge is as it was: no verb was begun, or the agent refused, and what it refuses it has not done. */
export function nothingWasChanged(error: unknown): error is AppError {
  return error instanceof AgentRefused || (error instanceof AppError && BEFORE_ANY_VERB.has(error.code));
}
