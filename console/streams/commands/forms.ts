import { z } from 'zod';
import { COMMAND_KINDS } from '#domain/events/index.ts';

const WHY = 'Say why, in at most 300 characters.';
const blank = z.literal('').transform(() => undefined);

/** The fields of a command as people and programs may write them. */
export const commandFields = {
  kind: z.enum(COMMAND_KINDS, { error: `Use one of ${COMMAND_KINDS.join(', ')}.` }),
  shard: z.coerce.number({ error: 'Type the number of a shard.' }).int().min(0).max(99),
  consumer: z.union([blank, z.string().max(200)]).optional(),
};
export const commandReason = z.string({ error: WHY }).trim().min(1, { error: WHY }).max(300, { error: WHY });
export const entryId = z
  .string()
  .regex(/^\d{1,16}(-\d{1,10})?$/, { error: 'Type the id of an entry, like 1795748400000-0.' });

export const commandQuery = z.object(commandFields);
export const commandForm = commandQuery.extend({ reason: commandReason });
/** A form with something wrong in it, to be shown again. */
export const commandDraft = commandQuery.extend({ reason: z.string().catch('') });
