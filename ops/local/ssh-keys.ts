import { execFile } from 'node:child_process';
import { chmod, mkdir, readFile, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { promisify } from 'node:util';
import { isMissing } from './missing-file.ts';

const run = promisify(execFile);

/** Makes an ed25519 key pair at `path` (and `path`.pub) unless there is one. Returns the public line, without a comment. */
export async function ensureSshKey(path: string): Promise<string> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  if (!(await stat(path).catch(isMissing)))
    await run('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', '', '-f', path]);
  await chmod(path, 0o600);
  return (await readFile(`${path}.pub`, 'utf8')).trim();
}
