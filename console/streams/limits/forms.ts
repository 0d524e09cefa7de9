import { z } from 'zod';
import type { LimitInput } from '#domain/streams/index.ts';
import type { FieldError } from '#platform/errors.ts';
import type { Translate } from '#platform/http/i18n.ts';
import { readForm, type FormResult } from '#platform/http/parse.ts';

const MOST_PER_SECOND = 10_000;
const WEEK_MINUTES = 7 * 24 * 60;
const RATE = `Type a number from 1 to ${MOST_PER_SECOND}.`;
const MINUTES = `Type a number of minutes from 1 to ${WEEK_MINUTES}, or nothing.`;
const WHY = 'Say why, in at most 300 characters.';
const STORE = 'Type the slug of a store.';

const whole = (error: string, most: number) =>
  z.coerce.number({ error }).int({ error }).min(1, { error }).max(most, { error });

/** The fields of a limit as people and programs may write them. */
export const limitFields = {
  tenant: z.string({ error: STORE }).trim().min(1, { error: STORE }).max(80, { error: STORE }),
  per_second: whole(RATE, MOST_PER_SECOND),
  reason: z.string({ error: WHY }).trim().min(1, { error: WHY }).max(300, { error: WHY }),
  minutes: whole(MINUTES, WEEK_MINUTES),
};

const blank = z.literal('').transform(() => undefined);
const limitForm = z.object({
  ...limitFields,
  minutes: z.union([blank, limitFields.minutes], { error: MINUTES }).optional(),
});

export const EMPTY_LIMIT = { tenant: '', per_second: '', reason: '', minutes: '60' };

/** Reads a posted form; its refusals are in the reader's language. */
export function readLimitForm(body: unknown, t: Translate): FormResult<LimitInput> {
  const form = readForm(limitForm, body);
  if (!form.ok) return { ...form, errors: inWords(form.errors, t) };
  const { per_second: perSecond, minutes: forMinutes, ...rest } = form.value;
  return { ok: true, value: { ...rest, perSecond, forMinutes } };
}

export function inWords(errors: Record<string, FieldError>, t: Translate): Record<string, FieldError> {
  const told = Object.entries(errors).map(([path, error]) => [
    path,
    { ...error, message: t(`limits:bad_${path}`, { defaultValue: error.message }) },
  ]);
  return Object.fromEntries(told) as Record<string, FieldError>;
}
