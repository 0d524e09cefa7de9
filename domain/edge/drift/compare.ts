import { tokenOf, type Manifest } from '../agent.ts';
import type { EdgeFile } from '../types.ts';

/**
 * edited: other bytes or another state than published; deleted: published and not there; mode: nginx may not be able to
 * read it; unknown: a store's file that nobody published; foreign: something that is no store's file or marker; maps: the
 * maps are not those published.
 */
export const DRIFT_KINDS = ['edited', 'deleted', 'mode', 'unknown', 'foreign', 'maps'] as const;
export type DriftKind = (typeof DRIFT_KINDS)[number];

/** Something on an edge's disk that is not as it was published. `expected` and `actual` as the agent names them. */
export type Finding = {
  kind: DriftKind;
  /** A slug, `<folder>/<name>` of something foreign, or `maps`. */
  name: string;
  tenantId: string | undefined;
  expected: string | undefined;
  actual: string | undefined;
};

type Books = {
  files: readonly EdgeFile[];
  mapsSha256: string | undefined;
  /** True when a publication that was never answered may have left exactly this. */
  isUnanswered: (name: string, hash: string) => boolean;
};

/** What every store's file is published with. */
const MODE = '644';

/** How an edge's disk differs from the books; nothing for what a publication at work may just have put there. */
export function compare({ files, mapsSha256, isUnanswered }: Books, manifest: Manifest): Finding[] {
  const findings: Finding[] = [];
  const found = new Map(manifest.files.map((file) => [file.slug, file]));
  for (const file of files) {
    const there = found.get(file.slug);
    const base = { name: file.slug, tenantId: file.tenantId, expected: tokenOf(file), actual: tokenOf(there) };
    found.delete(file.slug);
    if (!there) findings.push({ ...base, kind: 'deleted' });
    else if (base.actual !== base.expected) {
      if (!isUnanswered(file.slug, there.sha256)) findings.push({ ...base, kind: 'edited' });
    } else if (there.mode !== MODE) findings.push({ ...base, kind: 'mode', expected: MODE, actual: there.mode });
  }
  for (const there of found.values())
    if (!isUnanswered(there.slug, there.sha256))
      findings.push({
        kind: 'unknown',
        name: there.slug,
        tenantId: undefined,
        expected: 'absent',
        actual: tokenOf(there),
      });
  for (const { folder, name } of manifest.foreign)
    findings.push({
      kind: 'foreign',
      name: `${folder}/${name}`,
      tenantId: undefined,
      expected: undefined,
      actual: undefined,
    });
  return [...findings, ...mapsFinding({ mapsSha256, isUnanswered }, manifest)];
}

function mapsFinding({ mapsSha256, isUnanswered }: Omit<Books, 'files'>, manifest: Manifest): Finding[] {
  const [expected, actual] = [mapsSha256 ?? 'absent', manifest.mapsSha256 ?? 'absent'];
  // An edge that never got maps has empty ones, by its installation.
  if (mapsSha256 === undefined || expected === actual || isUnanswered('maps', actual)) return [];
  return [{ kind: 'maps', name: 'maps', tenantId: undefined, expected, actual }];
}
