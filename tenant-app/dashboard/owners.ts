import type { DashboardOwners } from '#domain/construction/dashboard/index.ts';
import type { RequestContext } from '#tenant-app/context.ts';
import { scopeIn } from '#tenant-app/guards.ts';

/** Whose documents count for this person: everybody's (null) or only their own. */
export function ownersFor(ctx: RequestContext): DashboardOwners {
  return {
    quoteOwner: scopeIn(ctx, 'quote.read') === 'all' ? null : ctx.user.id,
    orderOwner: scopeIn(ctx, 'order.read') === 'all' ? null : ctx.user.id,
  };
}
