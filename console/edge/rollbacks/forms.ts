import { z } from 'zod';
import type { Translate } from '#platform/http/i18n.ts';
import { readForm } from '#platform/http/parse.ts';
import { confirmedForm, readEdgeForm } from '#console/edge/forms.ts';

const MOMENT = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,3})?)?Z?$/;

/** A moment as a form or an address has it: UTC, with seconds or without. */
const moment = (t: Translate, now: Date) =>
  z
    .string()
    .regex(MOMENT, { error: t('rollbacks:bad_at') })
    .transform((text) => new Date(text.endsWith('Z') ? text : `${text}Z`))
    .refine((at) => !Number.isNaN(at.getTime()), { error: t('rollbacks:bad_at') })
    .refine((at) => at <= now, { error: t('rollbacks:at_in_future') });

export const edgesQuery = (t: Translate, now: Date) => z.object({ at: moment(t, now) });

/** Slug or id of a store; of none when the address names none. */
export const storeQuery = z.object({ store: z.string().catch('') });

export const storeForm = confirmedForm.extend({ store: z.string().min(1) });

type Order = { at: Date; reason: string; shown?: string | undefined };
type EdgesForm = { at: Date | undefined; order?: Order; errors: Record<string, unknown> };

/** A posted rollback of everything: what to do, or what is wrong with the form. The moment is typed once more. */
export function readEdgesForm(body: unknown, { t, now }: { t: Translate; now: Date }): EdgesForm {
  const query = readForm(edgesQuery(t, now), body);
  if (!query.ok) return { at: undefined, errors: query.errors };
  const { at } = query.value;
  const form = readEdgeForm(confirmedForm, body, t);
  const isConfirmed = (body as Record<string, unknown>).confirmation === typedMoment(at);
  if (form.ok && isConfirmed) return { at, order: { at, ...form.value }, errors: {} };
  const confirmation = isConfirmed ? {} : { confirmation: { message: t('rollbacks:wrong_confirmation') } };
  return { at, errors: { ...(!form.ok && form.errors), ...confirmation } };
}

/** What is typed to confirm a moment, and what a field of the browser shows of it. */
export const typedMoment = (at: Date) => at.toISOString().slice(0, 16).replace('T', ' ');
export const fieldMoment = (at: Date) => at.toISOString().slice(0, 19);
