import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { isMissing } from './missing-file.ts';
import { identityOf, runningPid } from './process-identity.mjs';

/** reset.mjs knows this name too. */
const OWNER = 'start';
const TERM_MS = 10_000;
const LOOK_AGAIN_MS = 50;

/** Writes down which process serves under a name, for the next start to find if we are killed. */
export async function recordPid(dir: string, name: string, pid: number): Promise<void> {
  const identity = identityOf(pid);
  if (identity) await writeFile(join(dir, name), identity, { mode: 0o600 });
}

/**
 * Makes this process the owner of the stack. Throws when another start of this folder runs; otherwise ends what a killed
 * one left behind, identified by pid and start time, so that no stranger with a reused pid is ever hit.
 */
export async function takeOwnership(dir: string): Promise<void> {
  await mkdir(dir, { recursive: true, mode: 0o700 });
  const owner = await recordedPid(dir, OWNER);
  if (owner !== undefined) throw new Error(`npm start already runs in this folder (pid ${owner}): stop it first`);
  const names = await readdir(dir);
  await Promise.all(names.map((name) => endLeftover(dir, name)));
  await recordPid(dir, OWNER, process.pid);
}

/** Nothing of ours runs any more. */
export async function giveUpOwnership(dir: string): Promise<void> {
  await rm(dir, { recursive: true, force: true });
}

async function recordedPid(dir: string, name: string): Promise<number | undefined> {
  const identity = await readFile(join(dir, name), 'utf8').catch(isMissing);
  return identity === undefined ? undefined : runningPid(identity);
}

async function endLeftover(dir: string, name: string): Promise<void> {
  let pid = await recordedPid(dir, name);
  if (pid !== undefined) process.kill(pid, name === 'postgres' ? 'SIGINT' : 'SIGTERM');
  const deadline = performance.now() + TERM_MS;
  while (pid !== undefined) {
    await pause(LOOK_AGAIN_MS);
    pid = await recordedPid(dir, name);
    if (pid !== undefined && performance.now() > deadline) process.kill(pid, 'SIGKILL');
  }
  await rm(join(dir, name), { force: true });
}
