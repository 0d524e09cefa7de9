import { z } from 'zod';
import { DEFAULT_BRANDING, tenantFields } from '#domain/tenants/index.ts';
import type { FieldError } from '#platform/errors.ts';
import type { Translate } from '#platform/http/i18n.ts';
import { parseInput, readForm, type FormResult } from '#platform/http/parse.ts';

const branding = {
  primary_color: tenantFields.color,
  secondary_color: tenantFields.color,
  logo_url: z
    .literal('')
    .transform(() => null)
    .or(tenantFields.logoUrl),
};

export const newStoreForm = z.object({
  name: tenantFields.name,
  slug: tenantFields.slug,
  admin_name: tenantFields.adminName,
  admin_email: tenantFields.adminEmail,
  ...branding,
});

const FILLED_IN = ['name', 'slug', 'primary_color', 'secondary_color', 'logo_url'];

/** What an address fills in of the form of a new store; what is wrong with it is said once it is sent. */
export function filledIn(query: Record<string, unknown>): Record<string, string> {
  const given = FILLED_IN.map((field) => [field, query[field]] as const);
  return Object.fromEntries(given.filter((pair): pair is [string, string] => typeof pair[1] === 'string'));
}

/** A box that is not ticked is not sent. */
const tick = z
  .literal('on')
  .optional()
  .transform((value) => value === 'on');

export const storeForm = z.object({
  version: z.coerce.number().int().positive(),
  name: tenantFields.name,
  ...branding,
  quote_validity_days: z.coerce.number().pipe(tenantFields.quoteValidityDays),
  sales_see_all: tick,
  sales_can_approve: tick,
});

/** Reads a posted form; its refusals are in the reader's language. */
export function readStoreForm<S extends z.ZodType>(schema: S, body: unknown, t: Translate): FormResult<z.output<S>> {
  const form = readForm(schema, body);
  return form.ok ? form : { ...form, errors: inWords(form.errors, t) };
}

/** What is wrong with each field, in the reader's words: by its code where the field has one for it. */
export function inWords(errors: Record<string, FieldError>, t: Translate): Record<string, FieldError> {
  return Object.fromEntries(
    Object.entries(errors).map(([path, error]) => {
      const keys = [`tenants:bad_${path}_${error.code}`, `tenants:bad_${path}`];
      return [path, { ...error, message: t(keys, { defaultValue: error.message }) }];
    }),
  );
}

const previewFields = z.object({
  name: z.string().catch(''),
  primary_color: tenantFields.color.catch(DEFAULT_BRANDING.primaryColor),
  secondary_color: tenantFields.color.catch(DEFAULT_BRANDING.secondaryColor),
});

/** What a preview is drawn of, out of a form that may be half typed. */
export function readPreview(values: unknown): { name: string; primary: string; secondary: string } {
  const { name, primary_color: primary, secondary_color: secondary } = parseInput(previewFields, values);
  return { name, primary, secondary };
}
