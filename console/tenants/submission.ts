import type { Request, Response } from 'express';
import type { z } from 'zod';
import { AppError } from '#platform/errors.ts';
import type { Translate } from '#platform/http/i18n.ts';
import { errorsByField } from '#platform/http/parse.ts';
import { redirectAfterPost } from '#platform/http/render.ts';
import { setFlash } from '#console/middleware/flash.ts';
import { inWords, readStoreForm } from './forms.ts';

/** What was typed, and what is wrong with it by field. */
export type FormState = { values: Record<string, unknown>; errors: Record<string, { message: string }> };

export const EMPTY_FORM: FormState = { values: {}, errors: {} };

type Submission<S extends z.ZodType> = {
  schema: S;
  /** What must be typed into the field `confirmation`, for what cannot easily be taken back. */
  confirm?: string;
  /** Does it; says what was done, and where to look now. */
  run: (value: z.output<S>) => Promise<{ done: string; to: string }>;
  /** Draws the form again, with everything that was typed. */
  draw: (form: FormState, status: number) => Promise<void>;
};

/** Takes a posted form to its use case. Whatever that refuses of a field is drawn like any other mistake in it. */
export async function submitForm<S extends z.ZodType>(
  req: Request,
  res: Response,
  { schema, confirm, run, draw }: Submission<S>,
): Promise<void> {
  const t = res.locals.t as Translate;
  const values = (req.body ?? {}) as Record<string, unknown>;
  const form = readStoreForm(schema, values, t);
  const isConfirmed = confirm === undefined || typedInto(values.confirmation) === confirm;
  if (!form.ok || !isConfirmed) {
    const unconfirmed = { confirmation: { message: t('tenants:wrong_confirmation', { name: confirm }) } };
    return draw({ values, errors: { ...(!form.ok && form.errors), ...(!isConfirmed && unconfirmed) } }, 422);
  }
  try {
    const { done, to } = await run(form.value);
    await setFlash(req, { tone: 'success', text: done });
    redirectAfterPost(req, res, to);
  } catch (error) {
    if (!(error instanceof AppError) || error.fields.length === 0) throw error;
    await draw({ values, errors: inWords(errorsByField(error.fields), t) }, 422);
  }
}

const typedInto = (value: unknown): string => (typeof value === 'string' ? value.trim() : '');
