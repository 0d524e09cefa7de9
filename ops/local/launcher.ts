import { readFile } from 'node:fs/promises';
import { setInterval } from 'node:timers/promises';
import { isMissing } from './missing-file.ts';

const LOOK_AGAIN_MS = 500;

/**
 * Resolves when the npm script that runs this process is gone. npm hands a signal to the script's shell, which dies of it
 * without passing it on: we would run on, seen by nobody. Started in any other way, it never resolves.
 */
export async function untilNpmIsGone(): Promise<void> {
  const launcher = process.ppid;
  const commandLine = await readFile(`/proc/${launcher}/cmdline`, 'utf8').catch(isMissing);
  const isNpm = commandLine?.startsWith('npm ') || commandLine?.startsWith('sh\0-c\0node ');
  if (!isNpm) return new Promise(() => undefined);
  // The timer does not keep us alive when everything else has ended.
  for await (const _tick of setInterval(LOOK_AGAIN_MS, undefined, { ref: false }))
    if (process.ppid !== launcher) return;
}
