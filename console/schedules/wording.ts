import type { Locale } from '#platform/http/i18n.ts';

const LOCALES: Record<Locale, string> = { en: 'en', 'pt-BR': 'pt_BR' };

/** A cron expression in a sentence; undefined when it is none. Loaded by the first who asks: it takes 5 MB. */
export async function inSentence(cron: string, locale: Locale): Promise<string | undefined> {
  const { toString: describe } = await import('cronstrue');
  await import('cronstrue/locales/pt_BR.js');
  try {
    const options = { locale: LOCALES[locale], use24HourTimeFormat: true, throwExceptionOnParseError: true };
    return describe(cron, options);
  } catch {
    // Half typed: the field's own refusal says what is wrong.
    return undefined;
  }
}
