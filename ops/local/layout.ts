import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = fileURLToPath(new URL('../../', import.meta.url));

export type Layout = ReturnType<typeof layoutOf>;

/** Where the local stack keeps what, below its one folder. */
export function layoutOf(dir: string) {
  return {
    dir,
    postgres: join(dir, 'postgres'),
    redis: join(dir, 'redis'),
    edge: join(dir, 'edge'),
    tls: join(dir, 'tls'),
    sshd: join(dir, 'sshd'),
    sshKeys: join(dir, 'ssh'),
    agents: join(dir, 'agents'),
    archives: join(dir, 'archives'),
    env: join(dir, 'env'),
    logs: join(dir, 'logs'),
    pids: join(dir, 'pids'),
    compileCache: join(dir, 'cache', 'compile'),
    secrets: join(dir, 'secrets.json'),
  };
}
