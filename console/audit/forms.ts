import { z } from 'zod';
import type { Translate } from '#platform/http/i18n.ts';

const day = (t: Translate) =>
  z.union([z.literal('').transform(() => undefined), z.iso.date({ error: t('audit:bad_day') })]).optional();

/** The filter in the address: everything is optional, and an empty field means "any". Days are UTC days. */
export const auditQuery = (t: Translate) =>
  z.object({
    who: z.string().trim().max(120).default(''),
    action: z.string().trim().max(120).default(''),
    tenant: z.string().trim().max(40).default(''),
    from: day(t),
    to: day(t),
    cursor: z.string().optional(),
  });

export type AuditQuery = z.output<ReturnType<typeof auditQuery>>;

/** The first instant of a day, or of the day after it. */
export function startOf(isoDay: string | undefined, { plusDays = 0 } = {}): Date | undefined {
  if (isoDay === undefined) return undefined;
  const start = new Date(`${isoDay}T00:00:00Z`);
  start.setUTCDate(start.getUTCDate() + plusDays);
  return start;
}
