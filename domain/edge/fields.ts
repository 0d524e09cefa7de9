import { z } from 'zod';

/** What is typed of an edge's changes: pages, API and command line ask for it by the same rules. */
export const edgeFields = {
  reason: z
    .string({ error: 'Say why, so that a colleague understands it later.' })
    .trim()
    .min(3, { error: 'Say why, so that a colleague understands it later.' })
    .max(300, { error: 'Type at most 300 characters.' }),
};
