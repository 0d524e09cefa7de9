import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { SpawnedPlatform } from '#tests/support/spawned-platform.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const run = promisify(execFile);

export type ApiClient = (method: string, path: string, body?: object) => Promise<{ status: number; body: unknown }>;

/** The console's JSON API with a token of its own, made by the command line as an operator would. */
export async function createApiClient(platform: SpawnedPlatform): Promise<ApiClient> {
  const token = await createToken(platform);
  return async (method, path, body) => {
    const response = await fetch(`${platform.consoleUrl}/api/v1${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, ...(body && { 'content-type': 'application/json' }) },
      ...(body && { body: JSON.stringify(body) }),
    });
    return { status: response.status, body: await response.json() };
  };
}

async function createToken(platform: SpawnedPlatform): Promise<string> {
  const args = ['console/cli/bc.ts', 'token', 'create', '--name', 'bench', '--role', 'operator', '--days', '1'];
  const { stdout } = await run(process.execPath, args, {
    cwd: ROOT,
    env: { ...process.env, ...(await platform.env('bc')) },
  });
  return stdout.trim();
}
