import { recordAudit } from '#domain/audit/index.ts';
import { requestJob } from '#domain/jobs/index.ts';
import type { Context } from '#platform/context.ts';
import { withTransaction } from '#platform/db/index.ts';
import { mapPublicFaces } from './listings.ts';
import { updateTenantName, upsertBranding } from './queries.ts';
import type { Branding } from './types.ts';

/** What a store's name and branding shall be again. */
export type FaceChange = { tenantId: string; name: string; branding: Omit<Branding, 'themeVersion'> };

/**
 * Gives many stores another name and branding at once, each with its audit row, and asks for one job that publishes all
 * of them. Returns the job's id. A store that does not exist any more is passed over.
 */
export async function changeFaces(
  ctx: Context,
  { changes, reason, action }: { changes: readonly FaceChange[]; reason: string; action: string },
): Promise<string> {
  return withTransaction(ctx, async (tx) => {
    const tenantIds = changes.map((change) => change.tenantId);
    const faces = await mapPublicFaces(tx, tenantIds);
    const at = tx.clock.now();
    for (const { tenantId, name, branding } of changes) {
      const face = faces.get(tenantId);
      if (!face) continue;
      const { tenant, branding: old } = face;
      await updateTenantName(tx.db, tenantId, { name, at });
      await upsertBranding(tx.db, tenantId, { ...branding, themeVersion: old.themeVersion + 1 }, at);
      await recordAudit(tx, {
        action,
        subject: { type: 'tenant', id: tenantId, label: tenant.slug },
        tenantId,
        before: { name: tenant.name, branding: old },
        after: { name, branding, reason },
      });
    }
    const subject =
      changes.length === 1 ? `store ${faces.get(tenantIds[0]!)?.tenant.slug}` : `${changes.length} stores`;
    return requestJob(tx, { kind: 'tenants.publish', subject, payload: { tenantIds, reason } });
  });
}
