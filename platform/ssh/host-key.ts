import { createHash } from 'node:crypto';
import ssh2 from 'ssh2';
import { Unavailable } from '#platform/errors.ts';

const KEY = /^ssh-ed25519 ([A-Za-z0-9+/]+={0,2})$/;
const CONNECT_TIMEOUT_MS = 5_000;

/** The key's bytes as they come over the wire. Throws when the text is not one ed25519 public key without comment. */
export function hostKeyBytes(hostKey: string): Buffer {
  const base64 = KEY.exec(hostKey)?.[1];
  if (!base64) throw new TypeError('a host key must read "ssh-ed25519 <base64>"');
  return Buffer.from(base64, 'base64');
}

/** `SHA256:…` as `ssh-keygen -l` prints it, so that a person can compare the two. */
export function fingerprint(key: string | Buffer): string {
  const bytes = typeof key === 'string' ? hostKeyBytes(key) : key;
  return `SHA256:${createHash('sha256').update(bytes).digest('base64').replace(/=+$/, '')}`;
}

/**
 * The ed25519 host key a machine shows now, for a person to compare and pin. Ends the handshake before anything secret
 * could be sent. Throws `ssh_connect_failed`.
 */
export function fetchHostKey(host: string, port: number): Promise<string> {
  const client = new ssh2.Client();
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  client.on('error', (error) =>
    reject(
      new Unavailable('ssh_connect_failed', `${host}:${port} shows no ed25519 host key: ${error.message}`, {
        cause: error,
      }),
    ),
  );
  client.on('close', () =>
    reject(new Unavailable('ssh_connect_failed', `${host}:${port} closed the connection before it showed a host key`)),
  );
  client.connect({
    host,
    port,
    username: 'enrolment',
    readyTimeout: CONNECT_TIMEOUT_MS,
    algorithms: { serverHostKey: ['ssh-ed25519'] },
    hostVerifier: (key: Buffer) => {
      resolve(`ssh-ed25519 ${key.toString('base64')}`);
      return false;
    },
  });
  return promise.finally(() => client.destroy());
}
