import { requestJob } from '#domain/jobs/index.ts';
import type { Context } from '#platform/context.ts';
import { withTransaction } from '#platform/db/index.ts';
import { InvalidInput } from '#platform/errors.ts';
import { auditTenant, getTenantFor } from '../locked.ts';
import { refuseInGrace } from '../policy.ts';
import type { Tenant } from '../types.ts';
import { refuseWhileLeaving } from './archiving.ts';

type Deletion = { confirmation: string; reason: string };

/**
 * Asks for an archived store to be deleted for good: a job copies it, proves the copy, and erases every row. `confirmation`
 * must be its slug. Throws InvalidInput `wrong_confirmation`, Conflict `tenant_not_archived`, `tenant_in_grace`,
 * `tenant_restoring`, `tenant_deleting` or the code of its state.
 */
export async function deleteTenant(
  ctx: Context,
  idOrSlug: string,
  { confirmation, reason }: Deletion,
): Promise<{ tenant: Tenant; jobId: string }> {
  return withTransaction(ctx, async (tx) => {
    const tenant = await getTenantFor(tx, idOrSlug, 'delete');
    refuseInGrace(tenant, tx.clock.now());
    await refuseWhileLeaving(tx, tenant);
    if (confirmation !== tenant.slug) throw unconfirmed(tenant);
    const jobId = await requestJob(tx, {
      kind: 'tenant.delete',
      subject: `store ${tenant.slug}`,
      tenantId: tenant.id,
      payload: { tenantId: tenant.id, reason },
    });
    await auditTenant(tx, 'tenant.deletion_requested', tenant, { after: { reason } });
    return { tenant, jobId };
  });
}

function unconfirmed({ slug }: Tenant): InvalidInput {
  const message = `Type ${slug} to confirm.`;
  const field = { path: 'confirmation', code: 'wrong_confirmation', message };
  return new InvalidInput(field.code, message, { fields: [field] });
}
