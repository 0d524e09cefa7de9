import { checkSlug, findTenant, isSlugFree, type Tenant } from '#domain/tenants/index.ts';
import type { Context } from '#platform/context.ts';
import { NotFound } from '#platform/errors.ts';
import { parseDocument, type TenantDocument } from '../document.ts';
import { differencesOf, type Difference } from '../plan.ts';
import { listEdgeFiles, listRevisionFiles } from '../publication/listings.ts';
import type { EdgeState } from '../types.ts';
import type { DriftKind } from './compare.ts';
import { findDrift, type Drift } from './listings.ts';
import { barToAdoption, canRestore, stateIn, type AdoptionBar, type NameOwner } from './policy.ts';

/** A difference between what was published and what was found; only some of it can become the store's. */
export type FoundDifference = Difference & { isAdoptable: boolean };

/** A finding with all that is needed to decide about it. */
export type Inspection = {
  drift: Drift;
  /** The bytes that were published; undefined for something that is no published file. */
  published: string | undefined;
  /** What the place is and was: it may differ in this alone. */
  states: { published: EdgeState | undefined; found: EdgeState | undefined };
  /** Field by field, where both can be read; `before` is what was published. */
  differences: FoundDifference[];
  canRestore: boolean;
  /** Why it cannot be adopted; undefined when it can. */
  bar: AdoptionBar | undefined;
  /** The store whose name it bears. */
  store: Tenant | undefined;
  /** What a file of nobody says of its store. */
  document: TenantDocument | undefined;
};

/** What a store takes over of a file; the rest of a document is not decided by a file. */
const ADOPTABLE: ReadonlySet<string> = new Set(['name', 'logo_url', 'primary_color', 'secondary_color', 'features']);

type Choice = { dropletId: string; kind: DriftKind; name: string };

/** Throws NotFound `drift_not_found` when the edge does not differ there any more. */
export async function inspectDrift(ctx: Context, choice: Choice): Promise<Inspection> {
  const drift = await findDrift(ctx, choice);
  if (!drift)
    throw new NotFound('drift_not_found', 'The edge holds what was published there; nothing differs any more.');
  const store = await storeOf(ctx, drift);
  const published = await publishedText(ctx, drift);
  const document = parseDocument(drift.found ?? '');
  return {
    drift,
    published,
    states: { published: stateIn(drift.expected), found: stateIn(drift.actual) },
    differences: document ? compareTexts(published, document) : [],
    canRestore: canRestore(drift),
    bar: barToAdoption(drift, store ?? (await ownerOf(ctx, drift.name))),
    store,
    document,
  };
}

async function storeOf(ctx: Context, { tenantId, kind, name }: Drift): Promise<Tenant | undefined> {
  if (tenantId !== undefined) return findTenant(ctx, tenantId);
  return kind === 'unknown' ? findTenant(ctx, name) : undefined;
}

/** Of a name that no store bears now. An alias or a name in quarantine is somebody's all the same. */
async function ownerOf(ctx: Context, name: string): Promise<Exclude<NameOwner, object>> {
  if (!checkSlug(name).ok) return 'unlawful';
  return (await isSlugFree(ctx, name)) ? 'free' : 'taken';
}

async function publishedText(ctx: Context, { tenantId, dropletId, name }: Drift): Promise<string | undefined> {
  if (tenantId === undefined) return undefined;
  const served = (await listEdgeFiles(ctx, [tenantId])).filter(
    (file) => file.dropletId === dropletId && file.slug === name,
  );
  const [file] = await listRevisionFiles(ctx, served);
  return file?.document;
}

function compareTexts(published: string | undefined, found: TenantDocument): FoundDifference[] {
  const differences = differencesOf(parseDocument(published ?? ''), found);
  return differences.map((difference) => ({ ...difference, isAdoptable: ADOPTABLE.has(difference.field) }));
}
