import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { AppError } from '#platform/errors.ts';
import { authFailed, connectFailed, HostKeyChanged } from './errors.ts';
import { fingerprint, hostKeyBytes } from './fingerprint.ts';
import { Client, parseKey } from './ssh2.ts';
import type { SshTarget } from './types.ts';

const CONNECT_TIMEOUT_MS = 5_000;
/** A machine that goes silent on an open connection is found out after the fourth beat: within 8 s. */
const KEEPALIVE = { keepaliveInterval: 2_000, keepaliveCountMax: 3 };
const KEY_NAME = /^[a-z0-9][a-z0-9._-]*$/;

type SshError = Error & { level?: string };

/** True when the machine did not break the connection but stopped answering on it. */
export function isSilence(error: SshError): boolean {
  return error.level === 'client-timeout';
}

/**
 * Opens an authenticated connection to exactly the machine whose key is pinned. Rejects with `ssh_host_key_changed`,
 * `ssh_auth_failed` or `ssh_connect_failed` (after 5 s at most).
 */
export async function connect(target: SshTarget, keysDir: string): Promise<Client> {
  const privateKey = await readPrivateKey(target, keysDir);
  const pinned = hostKeyBytes(target.hostKey);
  const client = new Client();
  let presented: Buffer | undefined;
  const { promise, resolve, reject } = Promise.withResolvers<Client>();
  client.once('ready', () => resolve(client));
  // Stays on: an error of the open connection without a listener would end the process.
  client.on('error', (error: SshError) => reject(explain(error, target, presented)));
  client.once('close', () => reject(connectFailed(target, 'it closed the connection')));
  client.connect({
    host: target.host,
    port: target.port,
    username: target.username,
    privateKey,
    readyTimeout: CONNECT_TIMEOUT_MS,
    ...KEEPALIVE,
    // The type is pinned with the key: else a machine could present a key of a type we never saw.
    algorithms: { serverHostKey: ['ssh-ed25519'] },
    hostVerifier: (key: Buffer) => {
      presented = key;
      return key.equals(pinned);
    },
  });
  // Login and verbs are handfuls of small packets: Nagle's algorithm against delayed ACKs would add 80 ms to each.
  client.setNoDelay(true);
  try {
    return await promise;
  } catch (error) {
    client.destroy();
    throw error;
  }
}

async function readPrivateKey(target: SshTarget, keysDir: string): Promise<Buffer> {
  if (!KEY_NAME.test(target.keyName)) throw authFailed(target, 'the name of its key is not a plain file name');
  const key = await readFile(join(keysDir, target.keyName)).catch((error: unknown) => {
    throw authFailed(target, `our key "${target.keyName}" cannot be read`, error);
  });
  const parsed = parseKey(key);
  if (parsed instanceof Error) throw authFailed(target, `our key "${target.keyName}" is no private key`, parsed);
  return key;
}

function explain(error: SshError, target: SshTarget, presented: Buffer | undefined): AppError {
  if (error.level === 'handshake') return explainHandshake(error, target, presented);
  if (error.level === 'client-authentication') return authFailed(target, 'it does not accept our key', error);
  if (isSilence(error)) return connectFailed(target, `no answer within ${CONNECT_TIMEOUT_MS / 1000} s`, error);
  return connectFailed(target, error.message || 'the connection broke', error);
}

function explainHandshake(error: SshError, target: SshTarget, presented: Buffer | undefined): AppError {
  const pinned = fingerprint(target.hostKey);
  if (presented && fingerprint(presented) !== pinned) return new HostKeyChanged(target, pinned, fingerprint(presented));
  // It has no ed25519 key any more, so it cannot be showing the pinned one.
  if (/host key/i.test(error.message)) return new HostKeyChanged(target, pinned, 'of another type');
  return connectFailed(target, error.message, error);
}
