import type { z } from 'zod';
import { InvalidInput, type FieldError } from '#platform/errors.ts';
import { inputWords } from './input-words.ts';

/**
 * zod's issues as field errors. `path` is dotted (`admin.email`), empty when the whole input is at fault. A field that does
 * not exist is one too, named by its own path.
 */
export function fieldErrors(error: z.ZodError): FieldError[] {
  return error.issues.flatMap((issue) => {
    const code = issue.code === 'custom' && typeof issue.params?.code === 'string' ? issue.params.code : issue.code;
    const paths = issue.code === 'unrecognized_keys' ? issue.keys.map((key) => [...issue.path, key]) : [issue.path];
    return paths.map((path) => ({ path: path.join('.'), code, message: issue.message }));
  });
}

/** Reads a JSON body or a query by its schema. Throws {@link InvalidInput} (422) naming every field at fault. */
export function parseInput<S extends z.ZodType>(schema: S, input: unknown): z.output<S> {
  const parsed = schema.safeParse(input ?? {}, { error: inputWords });
  if (parsed.success) return parsed.data;
  throw new InvalidInput('validation_failed', 'Some fields need another value.', { fields: fieldErrors(parsed.error) });
}

/** What a form handler works with: the typed values when they are good, else what was typed and what to change. */
export type FormResult<T> =
  { ok: true; value: T } | { ok: false; values: Record<string, unknown>; errors: Record<string, FieldError> };

/** Reads a posted form. A refusal keeps everything that was typed, so that the same form can be drawn again. */
export function readForm<S extends z.ZodType>(schema: S, body: unknown): FormResult<z.output<S>> {
  const values = (body ?? {}) as Record<string, unknown>;
  const parsed = schema.safeParse(values, { error: inputWords });
  if (parsed.success) return { ok: true, value: parsed.data };
  return { ok: false, values, errors: errorsByField(fieldErrors(parsed.error)) };
}

/** The first error of each field, keyed by its path. */
export function errorsByField(errors: readonly FieldError[]): Record<string, FieldError> {
  return Object.fromEntries(errors.toReversed().map((error) => [error.path, error]));
}
