import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isMissing } from './missing-file.ts';
import { ROOT } from './layout.ts';
import { compileCacheOf, memoryFlagsOf } from './node-process.ts';

/** What the processes are made of; package-lock.json stands for every package. */
const SOURCES = ['platform', 'domain', 'console', 'tenant-app', 'workers', 'package-lock.json'];

/** Ten times what it takes. A cache that is not full costs memory; a start that waits for it would cost the start. */
const LOAD_WITHIN_MS = 20_000;

/**
 * Fills the compile cache for these entries when a source is newer than it, or Node is another. A process that finds all
 * its modules there never loads the type stripper, which would cost it 25 MB for the rest of its life.
 */
export async function warmCompileCache(cacheDir: string, entries: string[], signal: AbortSignal): Promise<void> {
  const marker = join(cacheDir, 'warmed-at');
  const startedAt = new Date();
  const runtime = [process.version, ...entries.flatMap(memoryFlagsOf)].join(' ');
  const isSameRuntime = (await readFile(marker, 'utf8').catch(isMissing)) === runtime;
  const warmedAt = isSameRuntime ? (await stat(marker)).mtimeMs : 0;
  const newest = await Promise.all(SOURCES.map((source) => newestChange(join(ROOT, source))));
  if (Math.max(...newest) <= warmedAt) return;
  // One after another: each finds what the ones before have left there.
  for (const entry of entries) await loadOnly(entry, cacheDir, signal);
  await writeFile(marker, runtime);
  await utimes(marker, startedAt, startedAt);
}

/** With an empty environment an entry loads its modules, refuses to start, and leaves them in the cache as it exits. */
async function loadOnly(entry: string, cacheDir: string, signal: AbortSignal): Promise<void> {
  const env = { NODE_COMPILE_CACHE: compileCacheOf(cacheDir, entry) };
  const child = spawn(process.execPath, [...memoryFlagsOf(entry), entry], {
    cwd: ROOT,
    env,
    stdio: 'ignore',
    signal,
    timeout: LOAD_WITHIN_MS,
  });
  await once(child, 'exit');
}

async function newestChange(path: string): Promise<number> {
  const own = await stat(path);
  if (!own.isDirectory()) return own.mtimeMs;
  const entries = await readdir(path, { recursive: true, withFileTypes: true });
  const sources = entries.filter((entry) => entry.isFile() && entry.name.endsWith('.ts'));
  const changes = await Promise.all(sources.map((entry) => stat(join(entry.parentPath, entry.name))));
  return Math.max(own.mtimeMs, ...changes.map(({ mtimeMs }) => mtimeMs));
}
