import { z } from 'zod';
import { LETTER_STATES, type LetterFilter } from '#domain/dead-letters/index.ts';

const REASON = 'Say why, in at most 300 characters.';

/** Why a letter is tried again or skipped. */
export const reasonField = z.string({ error: REASON }).trim().min(1, { error: REASON }).max(300, { error: REASON });

export const reasonForm = z.object({ because: reasonField });

/** Units: characters. Bounds what is parsed; the contract of the event's type decides the rest. */
const payloadField = z.string().min(2).max(100_000);

export const mendingForm = z.object({ because: reasonField, payload: payloadField });

const optional = (schema: z.ZodType<string>) => z.union([z.literal('').transform(() => undefined), schema]).optional();

/** The filter in the address: an empty field means "any". */
export const letterQuery = z.object({
  state: optional(z.enum(LETTER_STATES)).catch(undefined),
  reason: optional(z.string().trim().max(40)).catch(undefined),
  type: optional(z.string().trim().max(80)).catch(undefined),
  tenant: optional(z.string().trim().max(40)).catch(undefined),
  cursor: z.string().optional(),
});

export type LetterQuery = z.output<typeof letterQuery>;

/** `tenantId` is the id of the store that the query names. */
export function toFilter({ state, reason, type }: LetterQuery, tenantId: string | undefined): LetterFilter {
  return {
    ...(state !== undefined && { state: state as NonNullable<LetterFilter['state']> }),
    ...(reason !== undefined && { reason }),
    ...(type !== undefined && { type }),
    ...(tenantId !== undefined && { tenantId }),
  };
}
