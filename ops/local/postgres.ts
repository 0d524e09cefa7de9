import { execFile } from 'node:child_process';
import { chown, copyFile, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { makeServerFolder, serverAccount, type Account } from './server-account.ts';
import { isMissing } from './missing-file.ts';
import { databaseAddress, type DatabaseAddress, type RolePasswords } from './roles.ts';
import { findPostgresBin } from './server-binaries.mjs';
import { startServer, type ServerProcess } from './server-process.ts';

const run = promisify(execFile);
const DROPLET_CONF = new URL('../droplet-3-infra/postgres/postgresql.conf', import.meta.url);
const DATABASE = 'basecommerce';

export type LocalPostgres = Pick<ServerProcess, 'pid' | 'exited' | 'stop'> & DatabaseAddress & { port: number };

type Options = {
  dir: string;
  port: number;
  passwords: RolePasswords;
  /** Laid over the droplet's postgresql.conf, whose memory is meant for a whole machine. */
  settings?: Record<string, string>;
  onLine?: (line: string) => void;
};

/** Runs a private PostgreSQL on 127.0.0.1 with its data in `dir`, made on first use. Resolves when it answers. */
export async function startPostgres({ dir, port, passwords, settings = {}, onLine }: Options): Promise<LocalPostgres> {
  const bin = findPostgresBin();
  if (!bin) throw new Error('PostgreSQL 15 or newer is not installed');
  const account = await serverAccount();
  const data = await makeServerFolder(dir, account);
  if (!(await stat(join(data, 'PG_VERSION')).catch(isMissing)))
    await initialise(bin, data, passwords.postgres, account);
  await removeStalePidFile(data);
  await installConf(data, account);
  const server = await startServer({
    name: 'PostgreSQL',
    command: join(bin, 'postgres'),
    args: ['-D', data, ...overrides({ ...settings, port: String(port) })],
    readyLine: /database system is ready to accept connections/,
    // SIGINT is PostgreSQL's fast shutdown; SIGTERM would wait for every client to leave.
    stopSignal: 'SIGINT',
    cwd: data,
    ...account,
    ...(onLine && { onLine }),
  });
  const superuserUrl = `postgresql://postgres:${encodeURIComponent(passwords.postgres)}@127.0.0.1:${port}/${DATABASE}`;
  return { ...server, ...databaseAddress(superuserUrl, passwords), port };
}

/** TCP on loopback only: without a socket file nothing is left in /var/run and no path is too long. */
function overrides(settings: Record<string, string>): string[] {
  const local = { listen_addresses: '127.0.0.1', unix_socket_directories: '', shared_buffers: '64MB', ...settings };
  return Object.entries(local).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
}

async function initialise(bin: string, data: string, password: string, account: Account | undefined): Promise<void> {
  const passwordFile = `${data}.password`;
  await writeFile(passwordFile, password, { mode: 0o600 });
  if (account) await chown(passwordFile, account.uid, account.gid);
  const args = ['-D', data, '-U', 'postgres', '--auth=scram-sha-256', `--pwfile=${passwordFile}`];
  const locale = ['--encoding=UTF8', '--locale=C.UTF-8', '--no-sync', '--no-instructions'];
  try {
    await run(join(bin, 'initdb'), [...args, ...locale], { ...account, cwd: '/' });
  } catch (error) {
    // A half-made folder would be taken for a database by the next start.
    await rm(data, { recursive: true, force: true });
    throw new Error('initdb could not make the database folder', { cause: error });
  } finally {
    await rm(passwordFile, { force: true });
  }
}

async function installConf(data: string, account: Account | undefined): Promise<void> {
  const conf = join(data, 'postgresql.conf');
  await copyFile(DROPLET_CONF, conf);
  if (account) await chown(conf, account.uid, account.gid);
}

/**
 * After a power cut the pid in the lock file may belong to any other program of the same account, and PostgreSQL would
 * refuse to start for ever. Only a process that really serves this folder keeps us out.
 */
async function removeStalePidFile(data: string): Promise<void> {
  const file = join(data, 'postmaster.pid');
  const pid = (await readFile(file, 'utf8').catch(isMissing))?.split('\n')[0];
  if (pid === undefined) return;
  const commandLine = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(isMissing);
  if (commandLine?.split('\0').includes(data))
    throw new Error(`A PostgreSQL server (pid ${pid}) already runs on ${data}: stop it first`);
  await rm(file);
}
