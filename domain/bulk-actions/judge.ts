import { planPublication, type Change } from '#domain/edge/index.ts';
import { listAwaiting } from '#domain/jobs/index.ts';
import type { Tenant } from '#domain/tenants/index.ts';
import type { Context } from '#platform/context.ts';
import { refusalOf, stateAfter } from './policy.ts';
import type { BulkAction, BulkFile, BulkStore } from './types.ts';

/** What an action would do with these stores as things are: which it cannot be done with, and which files it would write. */
export async function judgeStores(
  ctx: Context,
  action: BulkAction,
  tenants: readonly Tenant[],
): Promise<Omit<BulkStore, 'changed'>[]> {
  const beingResumed = await listAwaiting(ctx, {
    kinds: ['tenant.resume', 'tenants.resume'],
    tenantIds: tenants.map((tenant) => tenant.id),
  });
  const refusals = new Map(tenants.map((it) => [it.id, refusalOf(action, it, beingResumed.has(it.id))]));
  const changes = tenants
    .filter((tenant) => refusals.get(tenant.id) === undefined)
    .map(({ id, slug, status }): Change => ({ tenantId: id, slug, state: stateAfter(action, status) }));
  const files = await filesOf(ctx, changes);
  return tenants.map(({ id: tenantId, slug }) => {
    const own = files.get(tenantId) ?? [];
    // To publish what is served already would be no change at all.
    const refusal = refusals.get(tenantId) ?? (action === 'publish' && own.length === 0 ? 'already_served' : undefined);
    return { tenantId, slug, refusal, files: own };
  });
}

async function filesOf(ctx: Context, changes: readonly Change[]): Promise<Map<string, BulkFile[]>> {
  const files = new Map<string, BulkFile[]>();
  for (const { tenantId, edge, action, differences, fault } of await planPublication(ctx, changes)) {
    const own = files.get(tenantId) ?? [];
    own.push({ edge, action, differences, fault });
    files.set(tenantId, own);
  }
  return files;
}
