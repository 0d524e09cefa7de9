import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { consoleTexts } from '#console/texts.ts';
import { LOCALES, type Texts } from '#platform/http/i18n.ts';
import { STORE_TEXTS } from '#tenant-app/texts.ts';

const page = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');

const wordsOf = (texts: readonly Texts[]) =>
  new Set(LOCALES.flatMap((locale) => texts.flatMap((feature) => Object.values(feature[locale]))));

describe('README.md', () => {
  const steps = page.matchAll(/^\d\. (.*(?:\n {3}.*)*)/gm);
  const named = [...steps].flatMap(([, step]) => [...step!.matchAll(/\*\*([^*]+)\*\*/g)].map(([, words]) => words!));

  it('names on its first walk only what the pages say', () => {
    const said = new Set([...wordsOf(consoleTexts), ...wordsOf(STORE_TEXTS)]);
    const wanted = named.flatMap((words) => words.replaceAll(/\s+/g, ' ').split(' → '));

    assert.ok(wanted.length > 10, 'the walk was found');
    assert.deepEqual(
      wanted.filter((words) => !said.has(words)),
      [],
    );
  });
});
