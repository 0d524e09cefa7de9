import { z } from 'zod';
import type { ReplayInput } from '#domain/streams/index.ts';
import type { FieldError } from '#platform/errors.ts';
import type { Translate } from '#platform/http/i18n.ts';
import { readForm, type FormResult } from '#platform/http/parse.ts';

const MOMENT = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?$/;
const WHEN = 'Type a date and a time, like 2026-11-26 14:05.';
const WHY = 'Say why, in at most 300 characters.';

/** A moment as a field of the browser has it: UTC. */
const moment = z
  .string({ error: WHEN })
  .regex(MOMENT, { error: WHEN })
  .transform((text) => new Date(`${text}Z`))
  .refine((at) => !Number.isNaN(at.getTime()), { error: WHEN });

/** The fields that people and programs write alike. */
export const replayFields = {
  tenant: z.string().trim().max(80, { error: 'Type at most 80 characters.' }).default(''),
  type: z.string().trim().max(80, { error: 'Type at most 80 characters.' }).default(''),
};
export const replayReason = z.string({ error: WHY }).trim().min(1, { error: WHY }).max(300, { error: WHY });

export const replayQuery = z.object({ from: moment, to: moment, ...replayFields });
const replayForm = replayQuery.extend({ reason: replayReason });

/** Reads a posted form; its refusals are in the reader's language. */
export function readReplayForm(body: unknown, t: Translate): FormResult<ReplayInput & { reason: string }> {
  const form = readForm(replayForm, body);
  return form.ok ? form : { ...form, errors: inWords(form.errors, t) };
}

export function inWords(errors: Record<string, FieldError>, t: Translate): Record<string, FieldError> {
  const told = Object.entries(errors).map(([path, error]) => {
    const keys = [`replays:bad_${path}_${error.code}`, `replays:bad_${path}`];
    return [path, { ...error, message: t(keys, { defaultValue: error.message }) }];
  });
  return Object.fromEntries(told) as Record<string, FieldError>;
}

/** The last hour, as fields have it. */
export function lastHour(now: Date): { from: string; to: string; tenant: string; type: string; reason: string } {
  const field = (at: Date) => at.toISOString().slice(0, 16);
  return { from: field(new Date(now.getTime() - 3_600_000)), to: field(now), tenant: '', type: '', reason: '' };
}
