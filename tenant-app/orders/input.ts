import { z } from 'zod';
import { ORDER_STATUSES } from '#domain/construction/orders/index.ts';
import { listQuery } from '#tenant-app/api/input.ts';
import { optionalText } from '#tenant-app/forms/fields.ts';

export const orderQuery = listQuery.extend({ status: z.enum(ORDER_STATUSES).optional().catch(undefined) });

/** The state an order should be in, by form as by JSON. */
export const statusInput = z
  .object({ status: z.enum(ORDER_STATUSES), reason: optionalText(500).default(null) })
  .transform(({ status, reason }) => ({ to: status, reason }));
