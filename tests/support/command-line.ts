import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** Runs `npm run bc -- …` on a database, and resolves with what it said and its exit code. */
export async function runBc(
  databaseUrl: string,
  args: string[],
): Promise<{ stdout: string; stderr: string; code: number }> {
  const { PATH, NODE_COMPILE_CACHE } = process.env;
  const child = spawn(process.execPath, ['console/cli/bc.ts', ...args], {
    cwd: ROOT,
    env: { PATH, NODE_COMPILE_CACHE, DATABASE_URL: databaseUrl },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const [stdout, stderr, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit')]);
  return { stdout, stderr, code: code as number };
}
