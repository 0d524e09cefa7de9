import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { LOCALES, type Texts } from '#platform/http/i18n.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
/** Words of the parts that console and stores both draw, and of errors, whose codes come from everywhere. */
const SHARED_NAMESPACES = new Set(['shared', 'errors']);
const PLURAL = /_(zero|one|many|other)$/;

type WordFaults = {
  /** How many places ask for a word: none would mean that nothing was looked at. */
  uses: number;
  missing: string[];
  unused: string[];
  /** Keys that a language lacks, or whose values to fill in differ. */
  uneven: string[];
};

/** Compares the words of a process with what the templates and the code in `folders` ask for. */
export function findWordFaults(texts: readonly Texts[], folders: string[]): WordFaults {
  const keys = new Set(texts.flatMap(({ namespace, en }) => Object.keys(en).map((key) => `${namespace}:${key}`)));
  const namespaces = new Set(texts.map(({ namespace }) => namespace));
  const uses = usesIn(folders).filter(({ key }) => namespaces.has(key.split(':')[0]!));
  const isKnown = (key: string) => keys.has(key) || (keys.has(`${key}_one`) && keys.has(`${key}_other`));
  const isUsed = (key: string) =>
    uses.some((use) => (use.isPrefix ? key.startsWith(use.key) : [key, key.replace(PLURAL, '')].includes(use.key)));
  return {
    uses: uses.length,
    missing: uses
      .filter(({ key, isPrefix }) => (isPrefix ? ![...keys].some((known) => known.startsWith(key)) : !isKnown(key)))
      .map(({ file, key }) => `${file}: ${key}`),
    unused: [...keys].filter((key) => !SHARED_NAMESPACES.has(key.split(':')[0]!) && !isUsed(key)),
    uneven: texts.flatMap(unevenIn),
  };
}

function unevenIn({ namespace, ...words }: Texts): string[] {
  const [first, ...others] = LOCALES.map((locale) => words[locale]) as [Record<string, string>];
  return (others as Record<string, string>[]).flatMap((other) =>
    [...new Set([...Object.keys(first), ...Object.keys(other)])]
      .filter((key) => valuesIn(first[key]) !== valuesIn(other[key]))
      .map((key) => `${namespace}:${key}`),
  );
}

function valuesIn(text: string | undefined): string | undefined {
  return (
    text &&
    `values ${[...text.matchAll(/\{\{(\w+)\}\}/g)]
      .map((match) => match[1]!)
      .sort()
      .join()}`
  );
}

type Use = { file: string; key: string; isPrefix: boolean };

/** `'ns:key'` as it stands, and `'ns:start_' + x` or `` `ns:start_${x}` `` as the start of some key. */
function usesIn(folders: string[]): Use[] {
  return folders.flatMap((folder) =>
    readdirSync(ROOT + folder, { recursive: true, encoding: 'utf8' })
      .filter((name) => /\.(ts|ejs)$/.test(name) && !name.endsWith('texts.ts'))
      .flatMap((name) => usesInFile(`${folder}/${name}`)),
  );
}

function usesInFile(file: string): Use[] {
  const source = readFileSync(ROOT + file, 'utf8');
  return [...source.matchAll(/(['"`])([a-z]+:[\w.-]*)(?:\1(\s*\+)?|(\$\{))/g)].map((match) => ({
    file,
    key: match[2]!,
    isPrefix: match[3] !== undefined || match[4] !== undefined,
  }));
}
