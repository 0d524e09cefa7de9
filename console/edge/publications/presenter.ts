import type { PlannedFile, PublicationPlan } from '#domain/edge/index.ts';
import { toDifferenceLines } from '#console/edge/differences.ts';
import { toMapsView } from '#console/edge/revisions/presenter.ts';
import type { Viewer } from '#console/edge/viewer.ts';

/** More are counted, not drawn. */
const MAX_FILES = 200;

/** What a publication would write, file by file and map by map. */
export function toPlanView({ changes, files, fileCount, maps, fingerprint }: PublicationPlan, viewer: Viewer) {
  return {
    fingerprint,
    stores: changes.length,
    count: fileCount,
    more: Math.max(0, fileCount - MAX_FILES),
    files: files.slice(0, MAX_FILES).map((file) => toPlannedLine(file, viewer)),
    maps: maps.map((plan) => ({ edge: plan.edge, ...toMapsView(plan) })),
    isEmpty: fileCount === 0 && maps.length === 0,
  };
}

function toPlannedLine({ edge, slug, tenantId, differences, fault }: PlannedFile, viewer: Viewer) {
  const isNew = differences.length > 0 && differences.every(({ before }) => before === undefined);
  return {
    id: `planned-${edge}-${slug}`,
    edge,
    slug,
    storeHref: `/tenants/${tenantId}`,
    fault,
    isNew,
    isAgain: differences.length === 0,
    lines: isNew ? [] : toDifferenceLines(differences, viewer),
  };
}
