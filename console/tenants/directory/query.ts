import { z } from 'zod';
import { PROOF_STATES, TENANT_SORTS, TENANT_STATUSES, type TenantSelection } from '#domain/tenants/index.ts';

const any = z.literal('');

/** The address of a list may be typed by hand: what it cannot mean is taken as "any". */
export const selectionQuery = z.object({
  q: z.string().trim().max(120).catch(''),
  status: z.enum(TENANT_STATUSES).or(any).catch(''),
  plan: z
    .string()
    .regex(/^[a-z]{3,20}$/)
    .or(any)
    .catch(''),
  proof: z.enum(PROOF_STATES).or(any).catch(''),
});

export const storeQuery = selectionQuery.extend({
  sort: z.enum(TENANT_SORTS).catch('created'),
  cursor: z.string().optional(),
});

type SelectionQuery = z.output<typeof selectionQuery>;

/** Which stores an address or a form means. */
export function toSelection({ q, status, plan, proof }: SelectionQuery): TenantSelection {
  return { search: q, status: status || undefined, plan: plan || undefined, proof: proof || undefined };
}

/** The same stores in another address; what does not matter is not in it. */
export function toQueryString(values: Record<string, string>): string {
  const given = Object.entries(values).filter(([, value]) => value !== '');
  return given.length === 0 ? '' : `?${new URLSearchParams(given).toString()}`;
}
