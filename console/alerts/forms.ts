import { z } from 'zod';
import type { MuteInput } from '#domain/alerts/index.ts';
import type { FieldError } from '#platform/errors.ts';
import type { Translate } from '#platform/http/i18n.ts';
import { readForm, type FormResult } from '#platform/http/parse.ts';

const WEEK_MINUTES = 7 * 24 * 60;
const MINUTES = `Type a number of minutes from 1 to ${WEEK_MINUTES}.`;
const WHY = 'Say why, for whoever finds it.';

/** The fields of a mute and of an acknowledgement as people and programs may write them. */
export const alertFields = {
  key: z
    .string({ error: 'Name the alert.' })
    .trim()
    .min(1, { error: 'Name the alert.' })
    .max(200, { error: 'Name the alert.' }),
  reason: z.string({ error: WHY }).trim().min(1, { error: WHY }).max(300, { error: 'Type at most 300 characters.' }),
  minutes: z.coerce.number({ error: MINUTES }).int({ error: MINUTES }).min(1, { error: MINUTES }).max(WEEK_MINUTES, {
    error: MINUTES,
  }),
  note: z.string().trim().max(300, { error: 'Type at most 300 characters.' }).default(''),
};

const muteForm = z.object({ key: alertFields.key, reason: alertFields.reason, minutes: alertFields.minutes });

export const acknowledgementForm = z.object({ note: alertFields.note });

/** Reads a posted form; its refusals are in the reader's language. */
export function readMuteForm(body: unknown, t: Translate): FormResult<MuteInput> {
  const form = readForm(muteForm, body);
  if (!form.ok) return { ...form, errors: inWords(form.errors, t) };
  const { minutes: forMinutes, ...rest } = form.value;
  return { ok: true, value: { ...rest, forMinutes } };
}

function inWords(errors: Record<string, FieldError>, t: Translate): Record<string, FieldError> {
  const told = Object.entries(errors).map(([path, error]) => [
    path,
    { ...error, message: t(`alerts:bad_${path}`, { defaultValue: error.message }) },
  ]);
  return Object.fromEntries(told) as Record<string, FieldError>;
}
