import { createFirstUser, removeUsers } from '#domain/construction/users/index.ts';
import {
  createTenantRecords,
  deleteTenantRecords,
  markFailed,
  markLive,
  releaseSlug,
  reserveSlug,
} from '#domain/tenants/index.ts';
import { defineJob } from '#workers/ops/job-handler.ts';
import { oneStore, publicationSteps } from './publication-steps.ts';

/** From a reserved name to a store that the edge was seen serving, or to a failed tenant with nothing left behind. */
export const provisionTenant = defineJob('tenant.provision', {
  reserve_slug: {
    async do(ctx, { tenantId }) {
      const { slug } = await reserveSlug(ctx, tenantId);
      return [{ key: 'address_reserved', values: { slug } }];
    },
    async undo(ctx, { tenantId }, { reason }) {
      await releaseSlug(ctx, tenantId);
      await markFailed(ctx, tenantId, reason);
    },
  },
  create_records: {
    async do(ctx, { tenantId, admin, passwordHash, mustChangePassword, branding, settings }) {
      await createTenantRecords(ctx, tenantId, { branding, settings });
      await createFirstUser(ctx, { tenantId, ...admin, passwordHash, mustChangePassword });
      return [{ key: 'records_written', values: { email: admin.email } }];
    },
    async undo(ctx, { tenantId }) {
      await removeUsers(ctx, tenantId);
      await deleteTenantRecords(ctx, tenantId);
    },
  },
  ...publicationSteps<{ tenantId: string; reason?: string }>({
    changesOf: oneStore(async () => 'live'),
    reason: 'onboarding',
  }),
  mark_live: {
    async do(ctx, { tenantId }) {
      const { slug } = await markLive(ctx, tenantId);
      return [{ key: 'store_live', values: { slug } }];
    },
  },
});
