const SLUG_MIN_LENGTH = 3;
const SLUG_MAX_LENGTH = 40;

type SlugProblem =
  'too_short' | 'too_long' | 'upper_case' | 'bad_character' | 'punycode' | 'edge_hyphen' | 'double_hyphen' | 'reserved';

type SlugCheck = { ok: true; slug: string } | { ok: false; code: SlugProblem; message: string };

/** Names that can never be a store's, by the reason: hosts of the platform itself, of mail and DNS, of other environments. */
const RESERVED = {
  'an address of the platform itself': `
    www api app apps admin auth login account console static assets cdn media status support billing help docs blog edge
    vertical infra internal metrics health new applications bulk-actions basecommerce security root`,
  'a name of mail, file and name servers': `
    mail webmail smtp imap pop pop3 mta ftp sftp ssh vpn dns ns1 ns2 ns3 ns4 autodiscover autoconfig postmaster hostmaster
    abuse wpad`,
  'a name of test environments': 'staging stage dev test demo sandbox preview localhost',
};

const REASON_BY_SLUG = new Map(
  Object.entries(RESERVED).flatMap(([reason, slugs]) =>
    slugs
      .trim()
      .split(/\s+/)
      .map((slug) => [slug, reason] as const),
  ),
);

export const RESERVED_SLUGS: readonly string[] = [...REASON_BY_SLUG.keys()];

/**
 * The slug law, the one function that decides it: 3 to 40 of `a-z 0-9 -`, no hyphen at either end or two in a row, no
 * punycode (`xn--` would show as another alphabet in a browser), not a reserved name. The edge's regex and the check
 * constraint of platform.slugs mirror all of it but the reserved names; a property test holds the three together.
 * Whether the slug is free is the database's to say.
 */
export function checkSlug(text: string): SlugCheck {
  const code = shapeProblem(text);
  if (code !== undefined) return { ok: false, code, message: SHAPE_MESSAGES[code] };
  const reason = REASON_BY_SLUG.get(text);
  if (reason !== undefined)
    return { ok: false, code: 'reserved', message: `“${text}” is ${reason}. Choose another address.` };
  return { ok: true, slug: text };
}

/** The most telling problem first: who typed "Loja--1" should hear of the capital before the hyphens. */
function shapeProblem(text: string): Exclude<SlugProblem, 'reserved'> | undefined {
  if (text.length < SLUG_MIN_LENGTH) return 'too_short';
  if (text.length > SLUG_MAX_LENGTH) return 'too_long';
  if (!/^[A-Za-z0-9-]*$/.test(text)) return 'bad_character';
  if (/[A-Z]/.test(text)) return 'upper_case';
  if (text.startsWith('xn--')) return 'punycode';
  if (text.startsWith('-') || text.endsWith('-')) return 'edge_hyphen';
  if (text.includes('--')) return 'double_hyphen';
  return undefined;
}

const SHAPE_MESSAGES: Record<Exclude<SlugProblem, 'reserved'>, string> = {
  too_short: `Type at least ${SLUG_MIN_LENGTH} characters.`,
  too_long: `Type at most ${SLUG_MAX_LENGTH} characters.`,
  upper_case: 'Use lower-case letters only.',
  bad_character: 'Use only lower-case letters a to z, digits and hyphens: no accents, spaces or other signs.',
  punycode: 'An address cannot start with xn--.',
  edge_hyphen: 'An address cannot start or end with a hyphen.',
  double_hyphen: 'Two hyphens in a row are not allowed.',
};

/**
 * A lawful slug made of a store's name ("Depósito São João Ltda." → "deposito-sao-joao-ltda"), or '' when nothing lawful
 * can be made of it. Not checked for being free.
 */
export function proposeSlug(name: string): string {
  const slug = name
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, SLUG_MAX_LENGTH + 1)
    .replace(/^-|-$/g, '')
    .slice(0, SLUG_MAX_LENGTH)
    .replace(/-$/, '');
  if (checkSlug(slug).ok) return slug;
  const store = `loja-${slug}`;
  return slug !== '' && checkSlug(store).ok ? store : '';
}
