import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { join, resolve } from 'node:path';
import { authorizedKey } from '#ops/agent/install.ts';
import { isMissing } from './missing-file.ts';
import { findBinary } from './server-binaries.mjs';
import { startServer, type ServerProcess } from './server-process.ts';
import { ensureSshKey } from './ssh-keys.ts';

export type LocalSshd = Pick<ServerProcess, 'pid' | 'exited' | 'stop'> & {
  port: number;
  /** `ssh-ed25519 AAAA…`, to be pinned. The same at every start from the same `dir`. */
  hostPublicKey: string;
  /** The account that keys log in to: our own, since a private sshd may know no other. */
  user: string;
};

type Options = {
  dir: string;
  port: number;
  /** Each key reaches one droplet: the agent, run with that droplet's configuration file. */
  keys: { publicKey: string; agentConfig: string }[];
  onLine?: (line: string) => void;
};

/** As root, sshd insists on this folder of its package, which a fresh machine without a running sshd lacks. */
const PRIVILEGE_SEPARATION_DIR = '/run/sshd';

/** Runs a private OpenSSH server on 127.0.0.1 that opens no shell to anybody. Resolves when it accepts connections. */
export async function startSshd({ dir, port, keys, onLine }: Options): Promise<LocalSshd> {
  const command = findBinary('sshd');
  if (!command) throw new Error('openssh-server is not installed');
  if (process.getuid?.() === 0) await mkdir(PRIVILEGE_SEPARATION_DIR, { recursive: true, mode: 0o755 });
  const home = resolve(dir);
  const hostKey = join(home, 'host_ed25519');
  const hostPublicKey = await ensureSshKey(hostKey);
  const lines = keys.map((key) => authorizedKey(key.publicKey, key.agentConfig));
  await writeFile(join(home, 'authorized_keys'), `${lines.join('\n')}\n`, { mode: 0o600 });
  await writeFile(join(home, 'sshd_config'), serverConfig(home, port, await isRootLocked()), { mode: 0o600 });
  const server = await startServer({
    name: 'sshd',
    // sshd starts itself anew for each connection, which it can do by its full path only.
    command,
    args: ['-D', '-e', '-f', join(home, 'sshd_config')],
    readyLine: /^Server listening on/,
    ...(onLine && { onLine }),
  });
  return { ...server, stop: () => stopWithSessions(server), port, hostPublicKey, user: userInfo().username };
}

function serverConfig(home: string, port: number, isLocked: boolean): string {
  const path = (file: string) => `"${join(home, file).replaceAll('%', '%%')}"`;
  return [
    `ListenAddress 127.0.0.1:${port}`,
    `HostKey ${path('host_ed25519')}`,
    'HostKeyAlgorithms ssh-ed25519',
    `AuthorizedKeysFile ${path('authorized_keys')}`,
    `PidFile ${path('sshd.pid')}`,
    'AuthenticationMethods publickey',
    'PasswordAuthentication no',
    'KbdInteractiveAuthentication no',
    'PermitRootLogin forced-commands-only',
    `UsePAM ${isLocked ? 'yes' : 'no'}`,
    // The folders above a checkout may belong to anybody; the key file itself is ours and 0600.
    'StrictModes no',
    'DisableForwarding yes',
    // Else bash would read ~/.bashrc before each verb, and whatever a developer has in there would slow it down or print.
    'SetEnv SHLVL=1',
    'LogLevel INFO',
    '',
  ].join('\n');
}

/**
 * Ubuntu ships root with a locked password. Without PAM sshd then refuses root's keys too; with PAM it asks the account
 * rules only, which let a key in. Only root may read the file, and only as root does it matter.
 */
async function isRootLocked(): Promise<boolean> {
  if (process.getuid?.() !== 0) return false;
  const shadow = await readFile('/etc/shadow', 'utf8').catch(isMissing);
  return /^root:!/m.test(shadow ?? '');
}

/**
 * Ending sshd leaves its open connections alive, each in a session of its own: they are ended too. It is frozen meanwhile,
 * so that no connection can come in between the look at them and its end, and live on unseen.
 */
async function stopWithSessions(server: ServerProcess): Promise<void> {
  signal(server.pid, 'SIGSTOP');
  for (const pid of await childrenOf(server.pid)) signal(pid, 'SIGTERM');
  const stopped = server.stop();
  signal(server.pid, 'SIGCONT');
  await stopped;
}

async function childrenOf(pid: number): Promise<number[]> {
  const text = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8').catch(isMissing);
  return (text ?? '').split(' ').filter(Boolean).map(Number);
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
