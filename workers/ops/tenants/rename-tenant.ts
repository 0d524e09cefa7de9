import { publishChanges, publishMaps, revertRevisions } from '#domain/edge/index.ts';
import { finishRename, giveUpRename, reserveNewName, switchName, switchNameBack } from '#domain/tenants/index.ts';
import { defineJob } from '#workers/ops/job-handler.ts';
import { sayMaps } from '../edge/say-maps.ts';
import { sayWhatWasSeen } from './publication-steps.ts';
import { seeRedirect } from './see-redirect.ts';

const NEW_NAME = 'new-name';
const OLD_NAME = 'old-name';

/**
 * A store moves to another name while it serves. For a while it has both; the old host leads to the new one only when the
 * edge was seen serving that. Undone anywhere, the old name serves as before and at no moment nothing: each undo puts in
 * place what leads visitors to the store before it takes away what did.
 */
export const renameTenant = defineJob('tenant.rename', {
  reserve_new_name: {
    async do(ctx, names) {
      await reserveNewName(ctx, names);
      return [{ key: 'address_reserved', values: { slug: names.to } }];
    },
    undo: (ctx, names, { reason }) => giveUpRename(ctx, names, reason),
  },
  publish_new_name: {
    async do(ctx, { tenantId, from, to }, { jobId, signal }) {
      const { seen } = await publishChanges(ctx, {
        jobId,
        purpose: NEW_NAME,
        changes: [{ tenantId, slug: to, state: 'live' }],
        author: ctx.actor.label,
        reason: `renamed from ${from}`,
        signal,
      });
      return sayWhatWasSeen(seen);
    },
    undo: (ctx, _names, { jobId, signal, reason }) =>
      revertRevisions(ctx, { jobId, purpose: NEW_NAME, signal, reason }),
  },
  switch_name: {
    async do(ctx, names) {
      await switchName(ctx, names, names.aliasDays);
      const { from, to, aliasDays: count } = names;
      return [{ key: 'name_switched', values: { from, to, count } }];
    },
    async undo(ctx, names, { jobId, signal, reason }) {
      await switchNameBack(ctx, names);
      const { from, to } = names;
      await publishMaps(ctx, { jobId, author: ctx.actor.label, reason, slugs: [from, to], signal });
    },
  },
  publish_maps: {
    async do(ctx, { from, to }, { jobId, signal }) {
      const reason = `${from} renamed to ${to}`;
      const order = { jobId, author: ctx.actor.label, reason, slugs: [from, to], signal };
      return sayMaps(await publishMaps(ctx, order));
    },
  },
  withdraw_old_name: {
    async do(ctx, { tenantId, from, to }, { jobId, signal }) {
      const { seen } = await publishChanges(ctx, {
        jobId,
        purpose: OLD_NAME,
        changes: [{ tenantId, slug: from, state: 'absent' }],
        author: ctx.actor.label,
        reason: `renamed to ${to}`,
        signal,
      });
      return sayWhatWasSeen(seen);
    },
    undo: (ctx, _names, { jobId, signal, reason }) =>
      revertRevisions(ctx, { jobId, purpose: OLD_NAME, signal, reason }),
  },
  probe_redirect: {
    async do(ctx, { from, to }, { signal }) {
      const seen = await seeRedirect(ctx, { from, to, signal });
      return seen.map((edge) => ({ key: 'redirect_seen', values: { edge, from, to } }));
    },
  },
  finish_rename: {
    async do(ctx, names) {
      await finishRename(ctx, names);
      return [{ key: 'store_live', values: { slug: names.to } }];
    },
  },
});
