import { readFileSync } from 'node:fs';

/** The hidden field of a form. Called in templates as `csrfField(csrfToken)`. */
export function csrfField(token: string): string {
  return `<input type="hidden" name="_csrf" value="${escapeHtml(token)}">`;
}

const SPRITE = new URL('../../views/shared/icons.svg', import.meta.url);
let known: Set<string> | undefined;

/** An icon of the sprite `views/shared/icons.svg`, decorative: the word beside it carries the meaning. Throws on a typo. */
export function icon(name: string): string {
  known ??= new Set([...readFileSync(SPRITE, 'utf8').matchAll(/<symbol id="([\w-]+)"/g)].map((match) => match[1]!));
  if (!known.has(name)) throw new TypeError(`There is no icon ${name}`);
  return `<svg class="icon" aria-hidden="true"><use href="/assets/icons.svg#${name}"></use></svg>`;
}

function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
