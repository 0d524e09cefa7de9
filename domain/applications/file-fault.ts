import { InvalidInput } from '#platform/errors.ts';

type Details = Record<string, string | number>;

/**
 * Why a file as a whole cannot be read. `details` are the values of its message in another language: the line, a column.
 */
export function fileFault(code: string, message: string, details: Details = {}): InvalidInput {
  const text = details.line === undefined ? message : `Line ${details.line}: ${message}`;
  return new InvalidInput(code, text, { fields: [{ path: 'content', code, message: text }], members: details });
}
