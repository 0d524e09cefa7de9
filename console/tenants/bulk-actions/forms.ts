import { z } from 'zod';
import { BULK_ACTIONS, type BulkAction, type BulkSelection } from '#domain/bulk-actions/index.ts';
import { tenantFields } from '#domain/tenants/index.ts';
import { selectionQuery, toSelection } from '#console/tenants/directory/query.ts';

/** What the list posts: the stores that were picked, or that all of those are meant that match. */
export const choiceForm = selectionQuery.extend({
  action: z.enum(BULK_ACTIONS),
  all: z.literal('1').optional(),
  store: z
    .union([z.string(), z.array(z.string())])
    .transform((given) => [given].flat())
    .pipe(z.array(z.uuid()))
    .default([]),
});

export function selectionOf({ all, store, ...filter }: z.output<typeof choiceForm>): BulkSelection {
  return all ? { filter: toSelection(filter) } : { tenantIds: store };
}

const CONFIRMATIONS = {
  suspend: z.object({ reason: tenantFields.reason, confirmation: z.string().trim() }),
  // Nothing gets worse by these: a word on why is welcome, and that is all.
  resume: z.object({ reason: z.string().trim().max(300), confirmation: z.string().optional() }),
  publish: z.object({ reason: z.string().trim().max(300), confirmation: z.string().optional() }),
};

export const confirmationForm = (action: BulkAction) => CONFIRMATIONS[action];
