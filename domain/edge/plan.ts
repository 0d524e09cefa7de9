import { listEdges } from '#domain/droplets/index.ts';
import { mapPublicFaces } from '#domain/tenants/index.ts';
import type { Context } from '#platform/context.ts';
import { draftDocument, parseDocument, type TenantDocument } from './document.ts';
import { listEdgeFiles, listRevisionFiles } from './publication/listings.ts';
import { draftsOf, type Draft } from './publication/open.ts';
import type { Change } from './types.ts';

/** One field of a store's document, before and after; undefined where there is no document. */
export type Difference = { field: string; before: unknown; after: unknown };

export type PlannedFile = {
  edge: string;
  tenantId: string;
  slug: string;
  action: 'put' | 'remove';
  differences: Difference[];
  /** Why it cannot be published, when it cannot. */
  fault: string | undefined;
};

/**
 * Exactly the files that a publication of these changes would write now, edge by edge, and what would differ in each.
 * A change that the edges serve already is not among them.
 */
export async function planPublication(ctx: Context, changes: readonly Change[]): Promise<PlannedFile[]> {
  const tenantIds = changes.map((change) => change.tenantId);
  const faces = await mapPublicFaces(ctx, tenantIds);
  const files = await listEdgeFiles(ctx, tenantIds);
  const planned: PlannedFile[] = [];
  for (const edge of await listEdges(ctx)) {
    const served = files.filter((file) => file.dropletId === edge.id);
    const drafts = draftsOf({ changes }, { faces, served });
    const before = await documentsOf(ctx, drafts);
    for (const draft of drafts) planned.push({ edge: edge.name, ...plannedFile(draft, before.get(draft.change.slug)) });
  }
  return planned;
}

/** What the edge serves now of these drafts, by slug. */
async function documentsOf(ctx: Context, drafts: readonly Draft[]): Promise<Map<string, TenantDocument>> {
  const keys = drafts.flatMap(({ served }) => (served ? [served] : []));
  const documents = new Map<string, TenantDocument>();
  for (const { slug, document } of await listRevisionFiles(ctx, keys)) {
    const parsed = parseDocument(document ?? '');
    if (parsed) documents.set(slug, parsed);
  }
  return documents;
}

function plannedFile({ change, face, fault }: Draft, before: TenantDocument | undefined): Omit<PlannedFile, 'edge'> {
  const { tenantId, slug, state } = change;
  const after = state === 'absent' || !face ? undefined : draftDocument({ ...face, slug, state }, 1);
  return {
    tenantId,
    slug,
    action: state === 'absent' ? 'remove' : 'put',
    differences: differencesOf(before, after),
    fault,
  };
}

/** Field by field; the revision is left out, since it always differs. */
export function differencesOf(before: TenantDocument | undefined, after: TenantDocument | undefined): Difference[] {
  const fields = Object.keys(after ?? before ?? {}).filter((field) => field !== 'revision') as (keyof TenantDocument)[];
  return fields
    .map((field) => ({ field, before: before?.[field], after: after?.[field] }))
    .filter((one) => JSON.stringify(one.before) !== JSON.stringify(one.after));
}
