import { z } from 'zod';
import { scheduleFields, type ScheduleInput } from '#domain/schedules/index.ts';
import type { FieldError } from '#platform/errors.ts';
import type { Translate } from '#platform/http/i18n.ts';
import { readForm, type FormResult } from '#platform/http/parse.ts';

const scheduleForm = z.object({
  name: scheduleFields.name,
  work: scheduleFields.work,
  cron: scheduleFields.cron,
  timezone: scheduleFields.timezone,
  when_missed: scheduleFields.whenMissed,
});

/** What is typed may be half typed. */
export const previewQuery = z.object({ cron: z.string().max(100).catch(''), timezone: z.string().max(60).catch('') });

export const EMPTY_SCHEDULE = {
  name: '',
  work: 'reload_edges',
  cron: '0 4 * * *',
  timezone: 'America/Sao_Paulo',
  when_missed: 'skip',
};

/** Reads a posted form; its refusals are in the reader's language. */
export function readScheduleForm(body: unknown, t: Translate): FormResult<ScheduleInput> {
  const form = readForm(scheduleForm, body);
  if (!form.ok) return { ...form, errors: inWords(form.errors, t) };
  const { when_missed: whenMissed, ...rest } = form.value;
  return { ok: true, value: { ...rest, whenMissed } };
}

export function inWords(errors: Record<string, FieldError>, t: Translate): Record<string, FieldError> {
  const told = Object.entries(errors).map(([path, error]) => {
    const keys = [`schedules:bad_${path}_${error.code}`, `schedules:bad_${path}`];
    return [path, { ...error, message: t(keys, { defaultValue: error.message }) }];
  });
  return Object.fromEntries(told) as Record<string, FieldError>;
}
