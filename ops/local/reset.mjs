// `npm run reset`: throws the local stack's data away. Plain JavaScript, so that it works without packages too.
import { lstatSync, readdirSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runningPid } from './process-identity.mjs';

const DIR = fileURLToPath(new URL('../../.local', import.meta.url));

const owner = readIfThere(join(DIR, 'pids', 'start'));
const pid = owner && runningPid(owner);
if (pid) {
  process.stderr.write(`npm start runs in this folder (pid ${pid}): stop it first.\n`);
  process.exit(1);
}
for (const path of linkedFolders()) rmSync(path, { recursive: true, force: true });
rmSync(DIR, { recursive: true, force: true });
process.stdout.write('The local data is deleted. The next npm start begins anew.\n');

function readIfThere(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  }
}

/** Data that lives elsewhere because its server could not reach this folder (server-account.ts). */
function linkedFolders() {
  try {
    return readdirSync(DIR)
      .map((name) => join(DIR, name))
      .filter((path) => lstatSync(path).isSymbolicLink())
      .map((path) => realpathSync(path));
  } catch (error) {
    if (error.code === 'ENOENT') return [];
    throw error;
  }
}
