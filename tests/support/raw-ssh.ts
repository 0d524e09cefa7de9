import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import type { TestEdge } from './edge.ts';

/** What OpenSSH's own client got: for requests that our pool would never send. */
type RawAnswer = { exitCode: number | null; stdout: string; stderr: string };

export async function rawRequest(
  edge: TestEdge,
  words: string[],
  stdin = '',
  flags: string[] = [],
): Promise<RawAnswer> {
  const { host, port, username } = edge.sshTarget;
  const options = ['BatchMode=yes', 'StrictHostKeyChecking=no', 'UserKnownHostsFile=/dev/null', 'IdentitiesOnly=yes'];
  const args = options.flatMap((option) => ['-o', option]);
  const target = ['-q', '-F', 'none', '-i', join(edge.keysDir, 'edge'), '-p', String(port), `${username}@${host}`];
  const client = spawn('ssh', [...flags, ...args, ...target, '--', ...words]);
  // A refusal closes the pipe before the body is read.
  client.stdin.on('error', () => undefined);
  client.stdin.end(stdin);
  const [stdout, stderr, [exitCode]] = await Promise.all([
    text(client.stdout),
    text(client.stderr),
    once(client, 'close'),
  ]);
  return { exitCode: exitCode as number | null, stdout, stderr };
}
