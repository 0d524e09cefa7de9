import { z } from 'zod';
import { MOST_SHARDS } from '#domain/streams/index.ts';

const COUNT = `Type a number from 1 to ${MOST_SHARDS}.`;
const WHY = 'Say why, in at most 300 characters.';

/** The fields of a change as people and programs may write them. */
export const shardFields = {
  count: z.coerce
    .number({ error: COUNT })
    .int({ error: COUNT })
    .min(1, { error: COUNT })
    .max(MOST_SHARDS, { error: COUNT }),
  reason: z.string({ error: WHY }).trim().min(1, { error: WHY }).max(300, { error: WHY }),
};

export const shardForm = z.object(shardFields);
