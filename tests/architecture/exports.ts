import { resolve, type SourceFile } from './source-tree.ts';

const NAMED = /(?:import|export)\s+(?:type\s+)?\{([^}]*)\}\s*from\s*'([^']+)'/g;
/** `import * as x from`, `export * from` and `await import(…)`: any export of the file may be meant. */
const WHOLE = /(?:\*(?:\s+as\s+\w+)?\s+from|\bimport\s*\()\s*'([^']+)'/g;
const DECLARED = /^export (?:async )?(?:function\*?|const|let|class|type) ([\w$]+)/gm;
const RE_EXPORTED = /^export (?:type )?\{([^}]*)\}/gm;

/** `path name` of every export in `files` that nothing in `users` imports. */
export function unusedExports(files: readonly SourceFile[], users: readonly SourceFile[]): string[] {
  const wanted = new Set<string>();
  const wantedWhole = new Set<string>();
  for (const { path, text } of users) {
    for (const [, names, from] of text.matchAll(NAMED))
      for (const name of namesIn(names!)) wanted.add(`${resolve(path, from!)} ${name.from}`);
    for (const [, from] of text.matchAll(WHOLE)) wantedWhole.add(resolve(path, from!));
  }
  return files
    .filter(({ path }) => !wantedWhole.has(path))
    .flatMap(({ path, text }) => exportsOf(text).map((name) => `${path} ${name}`))
    .filter((place) => !wanted.has(place));
}

function exportsOf(text: string): string[] {
  const listed = [...text.matchAll(RE_EXPORTED)].flatMap(([, names]) => namesIn(names!).map(({ to }) => to));
  return [...[...text.matchAll(DECLARED)].map(([, name]) => name!), ...listed];
}

/** `a, type B, c as d` */
function namesIn(list: string): { from: string; to: string }[] {
  return list
    .split(',')
    .map((item) => item.trim().replace(/^type\s+/, ''))
    .filter(Boolean)
    .map((item) => {
      const [from, to] = item.split(/\s+as\s+/) as [string, string?];
      return { from, to: to ?? from };
    });
}
