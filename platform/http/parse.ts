import type { z } from 'zod';
import { InvalidInput, type FieldError } from '#platform/errors.ts';

/** zod's issues as field errors. `path` is dotted (`admin.email`), empty when the whole input is at fault. */
export function fieldErrors(error: z.ZodError): FieldError[] {
  return error.issues.map((issue) => ({
    path: issue.path.join('.'),
    code: issue.code === 'custom' && typeof issue.params?.code === 'string' ? issue.params.code : issue.code,
    message: issue.message,
  }));
}

/** Reads a JSON body or a query by its schema. Throws {@link InvalidInput} (422) naming every field at fault. */
export function parseInput<S extends z.ZodType>(schema: S, input: unknown): z.output<S> {
  const parsed = schema.safeParse(input ?? {});
  if (parsed.success) return parsed.data;
  throw new InvalidInput('validation_failed', 'Some fields need another value.', { fields: fieldErrors(parsed.error) });
}

/** What a form handler works with: the typed values when they are good, else what was typed and what to change. */
export type FormResult<T> =
  { ok: true; value: T } | { ok: false; values: Record<string, unknown>; errors: Record<string, FieldError> };

/** Reads a posted form. A refusal keeps everything that was typed, so that the same form can be drawn again. */
export function readForm<S extends z.ZodType>(schema: S, body: unknown): FormResult<z.output<S>> {
  const values = (body ?? {}) as Record<string, unknown>;
  const parsed = schema.safeParse(values);
  if (parsed.success) return { ok: true, value: parsed.data };
  return { ok: false, values, errors: errorsByField(fieldErrors(parsed.error)) };
}

/** The first error of each field, keyed by its path. */
export function errorsByField(errors: readonly FieldError[]): Record<string, FieldError> {
  return Object.fromEntries(errors.toReversed().map((error) => [error.path, error]));
}
