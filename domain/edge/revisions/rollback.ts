import { changeFaces, getTenant, mapPublicFaces, type FaceChange } from '#domain/tenants/index.ts';
import type { Context } from '#platform/context.ts';
import { Conflict, NotFound } from '#platform/errors.ts';
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

/**
 * Gives one store the name and branding of an earlier revision and publishes it. Returns the job's id. Throws NotFound
 * `tenant_not_found` or `revision_not_found`, Conflict `nothing_to_roll_back` when it says the same already.
 */
export async function rollBackTenant(
  ctx: Context,
  { idOrSlug, revision }: { idOrSlug: string; revision: number },
): Promise<string> {
  const tenant = await getTenant(ctx, idOrSlug);
  const document = await findPastDocument(ctx, { tenantId: tenant.id, revision });
  if (!document) throw new NotFound('revision_not_found', `${tenant.slug} has no file in revision ${revision}.`);
  const items = await itemsOf(ctx, [{ tenantId: tenant.id, document }]);
  return apply(ctx, items, `rolled back to revision ${revision}`);
}

/** What every store would have to change to say again what it said at a moment. */
export async function planRollback(ctx: Context, at: Date): Promise<RollbackItem[]> {
  return itemsOf(ctx, await listDocumentsAt(ctx, at));
}

/**
 * Makes every store say what it said at a moment, on every edge. Returns the id of the one job that publishes it. Throws
 * Conflict `nothing_to_roll_back` when all of them say the same already.
 */
export async function rollBackTo(ctx: Context, at: Date): Promise<string> {
  return apply(ctx, await planRollback(ctx, at), `rolled back to ${at.toISOString()}`);
}

async function apply(ctx: Context, items: readonly RollbackItem[], reason: string): Promise<string> {
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
