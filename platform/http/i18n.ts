import i18next, { type TFunction } from 'i18next';
import type { Request } from 'express';

export const LOCALES = ['en', 'pt-BR'] as const;
export type Locale = (typeof LOCALES)[number];

/** The words of one feature in both languages; the type makes a key that one of them lacks an error. */
export type Texts<K extends string = string> = { namespace: string; en: Record<K, string>; 'pt-BR': Record<K, string> };

/** Declares a feature's words: `texts.ts` in its folder. Used as `t('<namespace>:<key>')`. Plurals: `key_one`, `key_other`. */
export function defineTexts<K extends string>(
  namespace: string,
  words: { en: Record<K, string>; 'pt-BR': Record<NoInfer<K>, string> },
): Texts<K> {
  return { namespace, ...words };
}

export type Translate = TFunction;

/**
 * Builds the translator of a process from its features' words; features may share a namespace (`errors`). A missing key
 * shows itself, so that a test can find it.
 */
export function createTranslator(features: readonly Texts[]): (locale: Locale) => Translate {
  const resources = Object.fromEntries(LOCALES.map((locale) => [locale, byNamespace(features, locale)]));
  const instance = i18next.createInstance();
  void instance.init({
    resources,
    lng: 'en',
    fallbackLng: false,
    ns: features.map((f) => f.namespace),
    keySeparator: false,
    // EJS escapes; escaping here as well would show &amp; to people.
    interpolation: { escapeValue: false },
    initAsync: false,
  });
  const byLocale = new Map(LOCALES.map((locale) => [locale, instance.getFixedT(locale)]));
  return (locale) => byLocale.get(locale)!;
}

function byNamespace(features: readonly Texts[], locale: Locale): Record<string, Record<string, string>> {
  const words: Record<string, Record<string, string>> = {};
  for (const feature of features) words[feature.namespace] = { ...words[feature.namespace], ...feature[locale] };
  return words;
}

/** The language a request asks for: its own choice (cookie `lang`), else what the browser prefers, else `fallback`. */
export function localeOf(req: Request, fallback: Locale): Locale {
  const chosen = /(?:^|;\s*)lang=([\w-]+)/.exec(req.get('cookie') ?? '')?.[1];
  if (isLocale(chosen)) return chosen;
  // Of languages that are equally welcome, as when a program says nothing, the first of the list is taken.
  const preferred = req.acceptsLanguages([fallback, 'en', 'pt-BR', 'pt']);
  if (preferred === 'pt') return 'pt-BR';
  return isLocale(preferred) ? preferred : fallback;
}

function isLocale(text: unknown): text is Locale {
  return LOCALES.includes(text as Locale);
}
