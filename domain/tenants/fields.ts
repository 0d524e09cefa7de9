import { z } from 'zod';
import { checkSlug } from './slug.ts';

/**
 * The fields of a tenant as people and programs may write them: pages, API and CLI compose their schemas of these, so
 * that none of them can disagree with another about what a name or a colour is.
 */
export const tenantFields = {
  slug: z
    .string({ error: 'Type a name for the address.' })
    .trim()
    .superRefine((text, issues) => {
      const checked = checkSlug(text);
      // A reserved name may be a store's already, the seed's: whether it is kept or taken is createTenant's to say.
      if (!checked.ok && checked.code !== 'reserved')
        issues.addIssue({ code: 'custom', message: checked.message, params: { code: checked.code } });
    }),
  name: z
    .string({ error: 'Type the name of the store.' })
    .trim()
    .min(1, { error: 'Type the name of the store.' })
    .max(120, { error: 'Type at most 120 characters.' }),
  adminName: z
    .string({ error: 'Type the name of the person.' })
    .trim()
    .min(1, { error: 'Type the name of the person.' })
    .max(120, { error: 'Type at most 120 characters.' }),
  adminEmail: z
    .string({ error: 'Type an e-mail address like maria@loja.com.br.' })
    .trim()
    .toLowerCase()
    .max(254, { error: 'Type at most 254 characters.' })
    .pipe(z.email({ error: 'Type an e-mail address like maria@loja.com.br.' })),
  color: z
    .string({ error: 'Type a colour like #1a73e8.' })
    .trim()
    .toLowerCase()
    .pipe(z.string().regex(/^#[0-9a-f]{6}$/, { error: 'Type a colour like #1a73e8.' })),
  logoUrl: z
    .url({ protocol: /^https$/, error: 'Type an address that starts with https://.' })
    .max(500, { error: 'Type at most 500 characters.' }),
  features: z.record(z.string().regex(/^[a-z][a-z0-9_]{0,39}$/), z.boolean()),
  quoteValidityDays: z
    .int({ error: 'Type a whole number of days.' })
    .min(1, { error: 'Type at least 1 day.' })
    .max(365, { error: 'Type at most 365 days.' }),
  maxDiscountPct: z.partialRecord(
    z.enum(['salesperson', 'manager', 'admin']),
    z.number().min(0, { error: 'Type 0 or more.' }).max(100, { error: 'Type at most 100.' }),
  ),
  /** Of a suspension, an archiving, a deletion. */
  reason: z
    .string({ error: 'Say why, so that a colleague understands it later.' })
    .trim()
    .min(3, { error: 'Say why, so that a colleague understands it later.' })
    .max(300, { error: 'Type at most 300 characters.' }),
  aliasDays: z
    .int({ error: 'Type a whole number of days.' })
    .min(1, { error: 'Type at least 1 day.' })
    .max(3650, { error: 'Type at most 3650 days.' }),
  graceDays: z
    .int({ error: 'Type a whole number of days.' })
    .min(0, { error: 'Type 0 or more days.' })
    .max(3650, { error: 'Type at most 3650 days.' }),
  plan: z.string({ error: 'Choose a plan.' }).trim().min(1, { error: 'Choose a plan.' }),
  host: z
    .string({ error: 'Type a host name like loja.exemplo.com.br.' })
    .trim()
    .min(1, { error: 'Type a host name like loja.exemplo.com.br.' })
    .max(300, { error: 'Type a host name like loja.exemplo.com.br.' }),
};
