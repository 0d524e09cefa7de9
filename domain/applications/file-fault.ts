import { InvalidInput } from '#platform/errors.ts';

type Details = Record<string, string | number>;

/**
 * Why a file as a whole cannot be read. `details` are the values of its message in another language: the line, a column.
 */
export function fileFault(code: string, message: string, details: Details = {}): InvalidInput {
  const text = details.line === undefined ? message : `Line ${details.line}: ${message}`;
  return new InvalidInput(code, text, { fields: [{ path: 'content', code, message: text }], members: details });
}

/** Of stores in one file. */
export const MAX_LINES = 2000;

export function tooManyLines(): InvalidInput {
  return fileFault('too_many_lines', `The file names more than ${MAX_LINES} stores. Cut it in two.`);
}
