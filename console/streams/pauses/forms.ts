import { z } from 'zod';
import { PAUSE_SCOPES, type PauseInput } from '#domain/events/index.ts';
import type { FieldError } from '#platform/errors.ts';
import type { Translate } from '#platform/http/i18n.ts';
import { readForm, type FormResult } from '#platform/http/parse.ts';

const WEEK_MINUTES = 7 * 24 * 60;
const MINUTES = `Type a number of minutes from 1 to ${WEEK_MINUTES}, or nothing.`;

/** The fields of a pause as people and programs may write them. */
export const pauseFields = {
  scope: z.enum(PAUSE_SCOPES, { error: `Use one of ${PAUSE_SCOPES.join(', ')}.` }),
  target: z.string().trim().max(80, { error: 'Type at most 80 characters.' }).default(''),
  reason: z
    .string({ error: 'Say why, for whoever finds it.' })
    .trim()
    .min(1, { error: 'Say why, for whoever finds it.' })
    .max(300, { error: 'Type at most 300 characters.' }),
  minutes: z.coerce.number({ error: MINUTES }).int({ error: MINUTES }).min(1, { error: MINUTES }).max(WEEK_MINUTES, {
    error: MINUTES,
  }),
};

const blank = z.literal('').transform(() => undefined);

const pauseForm = z.object({
  scope: pauseFields.scope,
  target: pauseFields.target,
  reason: pauseFields.reason,
  minutes: z.union([blank, pauseFields.minutes], { error: MINUTES }).optional(),
});

export const previewQuery = z.object({
  scope: z.enum(PAUSE_SCOPES).catch('all'),
  target: z.string().trim().max(80).catch(''),
});

export const EMPTY_PAUSE = { scope: 'tenant', target: '', reason: '', minutes: '' };

/** Reads a posted form; its refusals are in the reader's language. */
export function readPauseForm(body: unknown, t: Translate): FormResult<PauseInput> {
  const form = readForm(pauseForm, body);
  if (!form.ok) return { ...form, errors: inWords(form.errors, t) };
  const { minutes: forMinutes, ...rest } = form.value;
  return { ok: true, value: { ...rest, forMinutes } };
}

export function inWords(errors: Record<string, FieldError>, t: Translate): Record<string, FieldError> {
  const told = Object.entries(errors).map(([path, error]) => {
    const keys = [`pauses:bad_${path}_${error.code}`, `pauses:bad_${path}`];
    return [path, { ...error, message: t(keys, { defaultValue: error.message }) }];
  });
  return Object.fromEntries(told) as Record<string, FieldError>;
}
