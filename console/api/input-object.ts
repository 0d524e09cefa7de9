import { z } from 'zod';

/** An object that a request may hold: no unknown fields, and where there is none, words that name the fields it has. */
export function inputObject<S extends z.core.$ZodLooseShape>(shape: S) {
  const fields = Object.keys(shape).join(', ');
  return z.strictObject(shape, {
    error: ({ code }) => (code === 'invalid_type' ? `Send an object with: ${fields}.` : undefined),
  });
}
