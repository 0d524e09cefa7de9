import { recordAudit } from '#domain/audit/index.ts';
import type { Context } from '#platform/context.ts';
import { withTransaction } from '#platform/db/index.ts';
import type { TenantSelection } from './listings.ts';

/** Notes who took the list of stores along, with the addresses of their first admins: all of it, or what matched. */
export async function auditExport(ctx: Context, selection: TenantSelection): Promise<void> {
  const filter = Object.fromEntries(Object.entries(selection).filter(([, value]) => value));
  await withTransaction(ctx, (tx) =>
    recordAudit(tx, {
      action: 'tenants.exported',
      subject: { type: 'tenants', id: 'all', label: 'list of stores' },
      after: { filter },
    }),
  );
}
