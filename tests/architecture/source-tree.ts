import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';

/** A source file, and what it imports: `#…` and relative specifiers as repository paths, packages by their name. */
export type SourceFile = { path: string; text: string; imports: string[] };

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const FOLDERS = ['console', 'tenant-app', 'workers', 'domain', 'platform', 'migrations', 'ops', 'bench'];
const IMPORT =
  /(?:^|\n)\s*(?:import|export)\s[^'";]*?from\s*'([^']+)'|\bimport\s*\(\s*'([^']+)'\s*\)|(?:^|\n)\s*import\s*'([^']+)'/g;

/** Every file that ships, or those of other folders. */
export function readSourceTree(folders: readonly string[] = FOLDERS): SourceFile[] {
  return folders.flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts'))
      .map((name) => parseSource(join(folder, name), readFileSync(join(ROOT, folder, name), 'utf8'))),
  );
}

export function parseSource(path: string, text: string): SourceFile {
  const imports = [...text.matchAll(IMPORT)].map((match) => resolve(path, match[1] ?? match[2] ?? match[3]!));
  return { path, text, imports };
}

/** What a specifier in the file `from` means: a path of the repository, or the name of a package. */
export function resolve(from: string, specifier: string): string {
  if (specifier.startsWith('#')) return specifier.slice(1);
  if (specifier.startsWith('.')) return normalize(join(dirname(from), specifier));
  if (specifier.startsWith('node:')) return specifier;
  const parts = specifier.split('/');
  return `package:${specifier.startsWith('@') ? parts.slice(0, 2).join('/') : parts[0]}`;
}
