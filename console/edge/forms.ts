import { z } from 'zod';
import { DRIFT_KINDS, edgeFields, SERVED_FILTERS } from '#domain/edge/index.ts';
import type { FieldError } from '#platform/errors.ts';
import type { Translate } from '#platform/http/i18n.ts';
import { readForm, type FormResult } from '#platform/http/parse.ts';

/** The address of a list may be typed by hand: what it cannot mean is taken as "any". */
export const storesQuery = z.object({
  edge: z.string().catch(''),
  q: z.string().trim().max(40).catch(''),
  show: z.enum(SERVED_FILTERS).catch('all'),
  cursor: z.string().optional(),
});

export const driftQuery = z.object({ cursor: z.string().optional() });

export const reasonForm = z.object({ reason: edgeFields.reason });

/** A plan that was confirmed: why, and the fingerprint of what was shown. */
export const confirmedForm = reasonForm.extend({ shown: z.string().optional() });

/** What was seen on an edge and is decided about: one finding, or all of them. */
export const findingForm = z.object({
  kind: z.enum(DRIFT_KINDS).optional(),
  name: z.string().max(300).optional(),
  shown: z.string().optional(),
  /** What to go on with once it is restored. */
  next: z.enum(['new_store']).optional(),
  confirmation: z.string().trim().default(''),
});

/** Reads a posted form; its refusals are in the reader's language. */
export function readEdgeForm<S extends z.ZodType>(schema: S, body: unknown, t: Translate): FormResult<z.output<S>> {
  const form = readForm(schema, body);
  return form.ok ? form : { ...form, errors: inWords(form.errors, t) };
}

function inWords(errors: Record<string, FieldError>, t: Translate): Record<string, FieldError> {
  return Object.fromEntries(
    Object.entries(errors).map(([path, error]) => [
      path,
      { ...error, message: t(`edge:bad_${path}`, { defaultValue: error.message }) },
    ]),
  );
}
