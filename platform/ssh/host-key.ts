import { Unavailable } from '#platform/errors.ts';
import { Client } from './ssh2.ts';

const CONNECT_TIMEOUT_MS = 5_000;

/**
 * The ed25519 host key a machine shows now, for a person to compare and pin. Ends the handshake before anything secret
 * could be sent. Throws `ssh_connect_failed`.
 */
export function fetchHostKey(host: string, port: number): Promise<string> {
  const client = new Client();
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
