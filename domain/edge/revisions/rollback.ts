import {
  changeFaces,
  getTenant,
  mapPublicFaces,
  refuseUnlessAllowed,
  type FaceChange,
  type Tenant,
} from '#domain/tenants/index.ts';
import type { Context } from '#platform/context.ts';
import { withTransaction } from '#platform/db/index.ts';
import { Conflict, NotFound } from '#platform/errors.ts';
import { fingerprintOf, refuseUnlessShown } from '../fingerprint.ts';
import { differencesOf, type Difference } from '../plan.ts';
import { draftDocument, type TenantDocument } from '../document.ts';
import { findPastDocument, listDocumentsAt } from './listings.ts';

/*
 * A rollback is a change like any other: name and branding of the database become what they were, and a new revision
 * publishes them. What a store does (live, suspended, its name's address) is not rolled back: that was decided by people,
 * not written by mistake.
 */

/** A store that a rollback would change. */
type RollbackItem = { tenantId: string; slug: string; differences: Difference[]; change: FaceChange };

/** The stores that a rollback would change, by slug. */
export type RollbackPlan = { items: RollbackItem[]; fingerprint: string };

type Confirmed = {
  /** What the operator says of it, for colleagues and the audit log. */
  why?: string | undefined;
  /** Fingerprint of the plan that was confirmed; another plan is refused. */
  shown?: string | undefined;
};

type OneStore = { idOrSlug: string; revision: number };

/**
 * What a store would have to change to say again what it said in an earlier revision: nothing, or one item. Throws NotFound
 * `tenant_not_found` or `revision_not_found`.
 */
export async function planTenantRollback(
  ctx: Context,
  { idOrSlug, revision }: OneStore,
): Promise<RollbackPlan & { tenant: Tenant }> {
  const tenant = await getTenant(ctx, idOrSlug);
  const document = await findPastDocument(ctx, { tenantId: tenant.id, revision });
  if (!document) throw new NotFound('revision_not_found', `${tenant.slug} was not served by revision ${revision}.`);
  return { tenant, ...planOf(await itemsOf(ctx, [{ tenantId: tenant.id, document }])) };
}

/**
 * Gives one store the name and branding of an earlier revision and publishes it. Returns the job's id. Throws as
 * {@link planTenantRollback}, Conflict `nothing_to_roll_back` when it says the same already, `plan_changed`, or the code of
 * a state in which the store cannot be edited.
 */
export async function rollBackTenant(ctx: Context, { why, shown, ...what }: OneStore & Confirmed): Promise<string> {
  return withTransaction(ctx, async (tx) => {
    const { tenant, ...plan } = await planTenantRollback(tx, what);
    refuseUnlessAllowed(tenant, 'edit');
    refuseUnlessShown(plan, shown);
    return apply(tx, plan, reasonOf(`rolled back to revision ${what.revision}`, why));
  });
}

/** What every store would have to change to say again what it said at a moment. */
export async function planRollback(ctx: Context, at: Date): Promise<RollbackPlan> {
  return planOf(await itemsOf(ctx, await listDocumentsAt(ctx, at)));
}

/**
 * Makes every store say what it said at a moment, on every edge. Returns the id of the one job that publishes it. Throws
 * Conflict `nothing_to_roll_back` when all of them say the same already, `plan_changed` when others would change than shown.
 */
export async function rollBackTo(ctx: Context, at: Date, { why, shown }: Confirmed = {}): Promise<string> {
  return withTransaction(ctx, async (tx) => {
    const plan = await planRollback(tx, at);
    refuseUnlessShown(plan, shown);
    return apply(tx, plan, reasonOf(`rolled back to ${at.toISOString()}`, why));
  });
}

const reasonOf = (what: string, why: string | undefined) => (why ? `${what}: ${why}` : what);

function planOf(items: readonly RollbackItem[]): RollbackPlan {
  const sorted = items.toSorted((a, b) => (a.slug < b.slug ? -1 : 1));
  return { items: sorted, fingerprint: fingerprintOf(sorted) };
}

async function apply(ctx: Context, { items }: RollbackPlan, reason: string): Promise<string> {
  if (items.length === 0)
    throw new Conflict('nothing_to_roll_back', 'Every store says already what it said then. Nothing was changed.');
  return changeFaces(ctx, { changes: items.map((item) => item.change), reason, action: 'tenant.rolled_back' });
}

async function itemsOf(
  ctx: Context,
  past: readonly { tenantId: string; document: TenantDocument }[],
): Promise<RollbackItem[]> {
  const faces = await mapPublicFaces(
    ctx,
    past.map(({ tenantId }) => tenantId),
  );
  return past.flatMap(({ tenantId, document }) => {
    const face = faces.get(tenantId);
    if (!face) return [];
    const now = draftDocument({ ...face, slug: face.tenant.slug, state: 'live' }, 1);
    const differences = differencesOf(now, { ...now, ...faceOf(document) });
    if (differences.length === 0) return [];
    return [{ tenantId, slug: face.tenant.slug, differences, change: changeOf(tenantId, document) }];
  });
}

/** The part of a document that a rollback brings back. */
function faceOf({ name, logo_url, primary_color, secondary_color, features }: TenantDocument) {
  return { name, logo_url, primary_color, secondary_color, features };
}

function changeOf(tenantId: string, document: TenantDocument): FaceChange {
  const branding = {
    logoUrl: document.logo_url,
    primaryColor: document.primary_color,
    secondaryColor: document.secondary_color,
    features: document.features,
  };
  return { tenantId, name: document.name, branding };
}
