import { z } from 'zod';
import { cursorQuery, searchQuery } from '#tenant-app/forms/fields.ts';
import { DEFAULT_LIMIT } from './conventions.ts';

/** What every list of the API may be asked for. */
export const listQuery = z.object({
  q: searchQuery,
  limit: z.coerce.number().int().min(1).max(100).default(DEFAULT_LIMIT),
  cursor: cursorQuery,
});

export const activeQuery = z
  .enum(['true', 'false'])
  .optional()
  .transform((text) => (text === undefined ? undefined : text === 'true'));
