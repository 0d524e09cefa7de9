// Plain JavaScript: install.mjs asks these questions on Node 20, before anything is installed.
import { spawnSync } from 'node:child_process';
import { accessSync, constants, readdirSync } from 'node:fs';
import { delimiter, join } from 'node:path';

const DEBIAN_POSTGRES = '/usr/lib/postgresql';
/** An ordinary user's PATH lacks the sbin folders, where nginx and sshd live. */
const SBIN = ['/usr/local/sbin', '/usr/sbin', '/sbin'];

export function findBinary(name) {
  const folders = [...(process.env.PATH ?? '').split(delimiter), ...SBIN].filter(Boolean);
  return folders.map((folder) => join(folder, name)).find(isExecutable);
}

/** The folder of the newest PostgreSQL of at least `oldest`: Debian keeps one per major version outside PATH. */
export function findPostgresBin(oldest = 15) {
  const packaged = debianMajors().sort((a, b) => b - a)[0];
  if (packaged !== undefined && packaged >= oldest) return join(DEBIAN_POSTGRES, String(packaged), 'bin');
  const inPath = findBinary('postgres');
  return inPath && majorVersion(inPath) >= oldest ? join(inPath, '..') : undefined;
}

export function findRedis(oldest = 7) {
  const server = findBinary('redis-server');
  return server && majorVersion(server) >= oldest ? server : undefined;
}

function debianMajors() {
  try {
    return readdirSync(DEBIAN_POSTGRES)
      .map(Number)
      .filter((major) => isExecutable(join(DEBIAN_POSTGRES, String(major), 'bin', 'initdb')));
  } catch (error) {
    if (error.code === 'ENOENT') return [];
    throw error;
  }
}

function majorVersion(command) {
  const { stdout } = spawnSync(command, ['--version'], { encoding: 'utf8' });
  return Number(/(?:v=|\) )(\d+)/.exec(stdout ?? '')?.[1] ?? 0);
}

function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
