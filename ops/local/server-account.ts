import { createHash } from 'node:crypto';
import { chown, lstat, mkdir, readFile, stat, symlink, unlink } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { isMissing } from './missing-file.ts';

/** The account a server runs under, when it is not our own. */
export type Account = { uid: number; gid: number };

const FALLBACK_ROOT = '/var/lib/basecommerce-local';

/** PostgreSQL refuses root: as root we run it under the account its package made; otherwise as ourselves. */
export async function serverAccount(): Promise<Account | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  const passwd = await readFile('/etc/passwd', 'utf8');
  const entry = /^postgres:[^:]*:(\d+):(\d+):/m.exec(passwd) ?? /^nobody:[^:]*:(\d+):(\d+):/m.exec(passwd);
  if (!entry) throw new Error('PostgreSQL cannot run as root, and there is no account "postgres" to run it under');
  return { uid: Number(entry[1]), gid: Number(entry[2]) };
}

/**
 * Makes `dir` an 0700 folder of `account` and returns where it really is. When the account cannot reach it (a checkout
 * below /root), the folder lives in /var/lib/basecommerce-local and `dir` is a link to it.
 */
export async function makeServerFolder(dir: string, account: Account | undefined): Promise<string> {
  const wanted = resolve(dir);
  await mkdir(dirname(wanted), { recursive: true, mode: 0o711 });
  if (!account || (await isReachable(dirname(wanted)))) return makeOwned(wanted, account);
  const real = fallbackFolder(wanted);
  await mkdir(dirname(real), { recursive: true, mode: 0o711 });
  await makeOwned(real, account);
  await link(wanted, real);
  return real;
}

/** Where the data of a folder that its server's account cannot reach is kept: one folder per checkout. */
function fallbackFolder(dir: string): string {
  const key = createHash('sha256').update(dirname(dir)).digest('hex').slice(0, 16);
  return join(FALLBACK_ROOT, key, basename(dir));
}

async function makeOwned(dir: string, account: Account | undefined): Promise<string> {
  await mkdir(dir, { recursive: true, mode: 0o700 });
  if (account) await chown(dir, account.uid, account.gid);
  return dir;
}

/** Another account may pass through every folder above. */
async function isReachable(dir: string): Promise<boolean> {
  const { mode } = await stat(dir);
  if ((mode & 0o001) === 0) return false;
  return dirname(dir) === dir || isReachable(dirname(dir));
}

async function link(path: string, target: string): Promise<void> {
  const existing = await lstat(path).catch(isMissing);
  if (existing) await unlink(path);
  await symlink(target, path);
}
