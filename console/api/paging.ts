import { z } from 'zod';

/** What every list takes; a list adds its own filters. */
export const pageQuery = z.object({
  limit: z.coerce
    .number({ error: 'Send a number from 1 to 100.' })
    .int({ error: 'Send a number from 1 to 100.' })
    .min(1, { error: 'Send a number from 1 to 100.' })
    .max(100, { error: 'Send a number from 1 to 100.' })
    .default(50),
  cursor: z.string().max(1000).optional().meta({ description: '`next_cursor` of the page before.' }),
});

/** What every list answers. */
export function pageOf<T extends z.ZodType>(item: T) {
  return z.object({ items: z.array(item), next_cursor: z.string().nullable(), has_more: z.boolean() });
}

/** A moment in an answer, in UTC. */
export const moment = z.iso.datetime();
