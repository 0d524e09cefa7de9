import type { Response } from 'express';
import { AppError, Conflict, InvalidInput, type FieldError } from '#platform/errors.ts';
import type { Translate } from '#platform/http/i18n.ts';
import type { Formats } from '#tenant-app/formats.ts';

/** Words and number formats of a request, for presenters. */
export type View = { t: Translate; format: Formats };

export function viewOf(res: Response): View {
  return { t: res.locals.t as Translate, format: res.locals.format as Formats };
}

/** Why a form was not accepted, ready to be drawn above it and under its fields. */
export type Refusal = {
  status: number;
  message: string;
  errors: Record<string, { message: string }>;
  members: Record<string, unknown>;
};

/**
 * A refusal that the same form can show: a rule (422) or a state that has moved on (409). Anything else is not the form's
 * to explain and is thrown on.
 */
export function refusalOf(thrown: unknown, t: Translate): Refusal {
  if (!(thrown instanceof InvalidInput || thrown instanceof Conflict)) throw thrown;
  return {
    status: thrown.status,
    message: t(`errors:${thrown.code}`, { defaultValue: thrown.message }),
    errors: wordsOf(thrown, t),
    members: thrown.members,
  };
}

function wordsOf(error: AppError, t: Translate): Record<string, { message: string }> {
  const inOrder = error.fields.toReversed();
  return Object.fromEntries(inOrder.map((field) => [field.path, { message: wordOf(field, t) }]));
}

function wordOf({ code, message }: FieldError, t: Translate): string {
  return t(`fields:${code}`, { defaultValue: message });
}
