import { endAllSessions } from '#domain/construction/users/index.ts';
import { publishMaps, revertRevisions } from '#domain/edge/index.ts';
import { ensureArchived, getTenant, undoArchiving } from '#domain/tenants/index.ts';
import { defineJob } from '#workers/ops/job-handler.ts';
import { sayMaps } from '../edge/say-maps.ts';
import { withdraw, WITHDRAWAL } from './withdraw.ts';

/** Takes a store off the edges and signs its people out; everything it has is kept. */
export const archiveTenant = defineJob('tenant.archive', {
  withdraw_from_edges: {
    async do(ctx, payload, run) {
      await ensureArchived(ctx, payload);
      return withdraw(ctx, payload, run);
    },
    async undo(ctx, { tenantId, from, fromReason }, { jobId, signal, reason }) {
      await revertRevisions(ctx, { jobId, purpose: WITHDRAWAL, signal, reason });
      await undoArchiving(ctx, tenantId, { from, reason: fromReason }, reason);
      const { slug } = await getTenant(ctx, tenantId);
      await publishMaps(ctx, { jobId, author: ctx.actor.label, reason, slugs: [slug], signal });
    },
  },
  publish_maps: {
    async do(ctx, { tenantId, reason }, { jobId, signal }) {
      const { slug } = await getTenant(ctx, tenantId);
      return sayMaps(await publishMaps(ctx, { jobId, author: ctx.actor.label, reason, slugs: [slug], signal }));
    },
  },
  end_sessions: {
    async do(ctx, { tenantId }) {
      const count = await endAllSessions(ctx, tenantId);
      return [{ key: 'sessions_ended', values: { count } }];
    },
  },
});
