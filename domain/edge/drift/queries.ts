import type { Db } from '#platform/db/index.ts';
import type { Finding } from './compare.ts';

type Found = Finding & { found: string | undefined };

/** Writes all that was found on an edge just now; what is not found any more is forgotten. */
export async function replaceDrift(
  db: Db,
  { dropletId, findings, at }: { dropletId: string; findings: readonly Found[]; at: Date },
): Promise<void> {
  const values = {
    dropletId,
    at,
    kinds: findings.map((finding) => finding.kind),
    names: findings.map((finding) => finding.name),
  };
  await db.raw(
    `delete from platform.edge_drift f
      where f.droplet_id = :dropletId
        and not exists (select from unnest(:kinds::text[], :names::text[]) as k (kind, name)
                         where (k.kind, k.name) = (f.kind, f.name))`,
    values,
  );
  await db.raw(
    `insert into platform.edge_drift as f
            (droplet_id, kind, name, tenant_id, expected, actual, found, found_at, seen_at)
     select :dropletId, k.*, :at, :at
       from unnest(:kinds::text[], :names::text[], :tenantIds::uuid[], :expected::text[], :actual::text[], :found::text[]) k
     on conflict (droplet_id, kind, name) do update
        set tenant_id = excluded.tenant_id, expected = excluded.expected, actual = excluded.actual,
            found = coalesce(excluded.found, case when f.actual = excluded.actual then f.found end),
            seen_at = excluded.seen_at`,
    {
      ...values,
      tenantIds: findings.map((finding) => finding.tenantId ?? null),
      expected: findings.map((finding) => finding.expected ?? null),
      actual: findings.map((finding) => finding.actual ?? null),
      found: findings.map((finding) => finding.found ?? null),
    },
  );
}

/** Writes that an edge's disk was compared, or why it could not be. */
export async function upsertLook(
  db: Db,
  { dropletId, at, errorMessage }: { dropletId: string; at: Date; errorMessage: string | undefined },
): Promise<void> {
  await db('platform.edge_looks')
    .insert({ droplet_id: dropletId, looked_at: at, error_message: errorMessage ?? null })
    .onConflict('droplet_id')
    .merge();
}

type Adopted = {
  tenantId: string;
  dropletId: string;
  slug: string;
  state: string;
  sha256: string;
  contentSha256: string;
};

/** Takes the bytes that were found for what is published, so that the next publication may replace them. */
export async function adoptEdgeFile(db: Db, file: Adopted): Promise<void> {
  await db('platform.edge_files')
    .where({ tenant_id: file.tenantId, droplet_id: file.dropletId, slug: file.slug })
    .update({ state: file.state, sha256: file.sha256, content_sha256: file.contentSha256, confirmed_at: null });
}
