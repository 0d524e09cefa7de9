import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { consoleTexts } from '#console/texts.ts';
import { LOCALES } from '#platform/http/i18n.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
/** Words of the parts that the stores draw too, and of errors, whose codes come from everywhere. */
const SHARED_WITH_STORES = new Set(['shared', 'errors']);

describe('the words of the console', () => {
  const keys = new Set(
    consoleTexts.flatMap(({ namespace, en }) => Object.keys(en).map((key) => `${namespace}:${key}`)),
  );
  const namespaces = new Set(consoleTexts.map(({ namespace }) => namespace));
  const used = usedIn(['console', 'views/console', 'views/shared', 'views/errors', 'views/layouts']).filter(({ key }) =>
    namespaces.has(key.split(':')[0]!),
  );

  it('exist for every key that a template or a handler asks for', () => {
    const missing = used.filter(({ key, isPrefix }) =>
      isPrefix ? ![...keys].some((known) => known.startsWith(key)) : !isKnown(key),
    );

    assert.ok(used.length > 100, 'the uses were found');
    assert.deepEqual(
      missing.map(({ file, key }) => `${file}: ${key}`),
      [],
    );
  });

  it('are all in use', () => {
    const unused = [...keys].filter(
      (key) =>
        !SHARED_WITH_STORES.has(key.split(':')[0]!) &&
        !used.some((use) =>
          use.isPrefix ? key.startsWith(use.key) : use.key === key.replace(/_(one|other)$/, '') || use.key === key,
        ),
    );

    assert.deepEqual(unused, []);
  });

  it('are there in each language, with the same values to fill in', () => {
    for (const { namespace, ...words } of consoleTexts) {
      const [first, ...others] = LOCALES.map((locale) => words[locale] as Record<string, string>);
      for (const other of others) {
        assert.deepEqual(Object.keys(other!).sort(), Object.keys(first!).sort(), namespace);
        for (const [key, text] of Object.entries(first!))
          assert.deepEqual(valuesIn(other![key]!), valuesIn(text), `${namespace}:${key}`);
      }
    }
  });

  function isKnown(key: string): boolean {
    return keys.has(key) || (keys.has(`${key}_one`) && keys.has(`${key}_other`));
  }
});

function valuesIn(text: string): string[] {
  return [...text.matchAll(/\{\{(\w+)\}\}/g)].map((match) => match[1]!).sort();
}

type Use = { file: string; key: string; isPrefix: boolean };

/** `'ns:key'` as it stands, and `'ns:start_' + x` or `` `ns:start_${x}` `` as the start of some key. */
function usedIn(folders: string[]): Use[] {
  return folders.flatMap((folder) =>
    readdirSync(ROOT + folder, { recursive: true, encoding: 'utf8' })
      .filter((name) => /\.(ts|ejs)$/.test(name) && !/texts\.ts$/.test(name))
      .flatMap((name) => {
        const file = `${folder}/${name}`;
        const source = readFileSync(ROOT + file, 'utf8');
        return [...source.matchAll(/(['"`])([a-z]+:[\w.-]*)(?:\1(\s*\+)?|(\$\{))/g)].map((match) => ({
          file,
          key: match[2]!,
          isPrefix: match[3] !== undefined || match[4] !== undefined,
        }));
      }),
  );
}
