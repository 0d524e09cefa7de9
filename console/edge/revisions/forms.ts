import { z } from 'zod';
import { REVISION_OUTCOMES } from '#domain/edge/index.ts';

/** The address of a list may be typed by hand: what it cannot mean is taken as "any". */
export const revisionsQuery = z.object({
  edge: z.string().catch(''),
  outcome: z.enum(REVISION_OUTCOMES).or(z.literal('')).catch(''),
  store: z.string().trim().max(60).catch(''),
  cursor: z.string().optional(),
});

/** Which files of a revision are shown. */
export const filesQuery = z.object({
  store: z.string().trim().max(60).catch(''),
  show: z.enum(['all', 'failed']).catch('all'),
  cursor: z.string().optional(),
});

/** A number as it stands in an address; undefined for what is none. */
export function numberIn(text: unknown): number | undefined {
  return typeof text === 'string' && /^[1-9]\d{0,15}$/.test(text) ? Number(text) : undefined;
}
