import type { RollbackPlan } from '#domain/edge/index.ts';
import { toDifferenceLines } from '#console/edge/differences.ts';
import type { Viewer } from '#console/edge/viewer.ts';

/** More are counted, not drawn: nobody reads thousands, and the API lists all of them. */
const MAX_ITEMS = 200;

/** What a rollback would change, store by store. */
export function toRollbackView({ items, fingerprint }: RollbackPlan, viewer: Viewer) {
  return {
    fingerprint,
    count: items.length,
    more: Math.max(0, items.length - MAX_ITEMS),
    items: items.slice(0, MAX_ITEMS).map(({ tenantId, slug, differences }) => ({
      id: `item-${slug}`,
      slug,
      storeHref: `/tenants/${tenantId}`,
      lines: toDifferenceLines(differences, viewer),
    })),
  };
}
