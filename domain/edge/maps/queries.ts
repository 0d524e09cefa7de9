import type { Db } from '#platform/db/index.ts';

type Claim = { dropletId: string; owner: string; ms: number };

/**
 * Takes an edge's maps for `owner` and so long, unless somebody else has them. A repeat by the same owner prolongs. By the
 * database's clock, since the workers' may differ.
 */
export async function claimMaps(db: Db, claim: Claim): Promise<boolean> {
  const { rowCount } = await db.raw<{ rowCount: number }>(
    `insert into platform.edge_maps as m (droplet_id, claimed_by, claimed_until) values (:dropletId, :owner, now() + :ms * interval '1 ms')
     on conflict (droplet_id) do update set claimed_by = :owner, claimed_until = excluded.claimed_until
      where m.claimed_until is null or m.claimed_until < now() or m.claimed_by = :owner`,
    claim,
  );
  return rowCount === 1;
}

export async function releaseMaps(db: Db, { dropletId, owner }: { dropletId: string; owner: string }): Promise<void> {
  await db('platform.edge_maps')
    .where({ droplet_id: dropletId, claimed_by: owner })
    .update({ claimed_by: null, claimed_until: null });
}

type MapsInsert = { revision: number; lines: string; sha256: string; previousRevision: number | undefined };

export async function insertRevisionMaps(db: Db, maps: MapsInsert): Promise<void> {
  await db('platform.edge_revision_maps').insert({
    revision: maps.revision,
    lines: maps.lines,
    sha256: maps.sha256,
    previous_revision: maps.previousRevision ?? null,
  });
}

/** Writes that the edge has these maps now. */
export async function updateEdgeMaps(
  db: Db,
  { dropletId, revision, sha256, at }: { dropletId: string; revision: number; sha256: string; at: Date },
): Promise<void> {
  await db('platform.edge_maps').where({ droplet_id: dropletId }).update({ revision, sha256, published_at: at });
}

type Outcome = { outcome: 'sent' | 'confirmed' | 'failed'; at: Date; error?: { code: string; message: string } };

export async function updateMapsOutcome(db: Db, revision: number, { outcome, at, error }: Outcome): Promise<void> {
  await db('platform.edge_revisions')
    .where({ number: revision })
    .update({
      outcome,
      error_code: error?.code ?? null,
      error_message: error?.message ?? null,
      finished_at: outcome === 'sent' ? null : at,
    });
}

/** Older maps whose answer was lost are not there any more once newer ones were seen: nothing is open of them. */
export async function giveUpUnanswered(
  db: Db,
  { dropletId, before, at }: { dropletId: string; before: number; at: Date },
): Promise<void> {
  const message = `Its answer was lost. Revision ${before} is in its place now.`;
  await db('platform.edge_revisions')
    .where({ droplet_id: dropletId, kind: 'maps', outcome: 'sent' })
    .where('number', '<', before)
    .update({ outcome: 'failed', error_code: 'superseded', error_message: message, finished_at: at });
}

type ReloadInsert = {
  id: string;
  dropletId: string;
  at: Date;
  author: string;
  reason: string;
  jobId: string | undefined;
  durationMs: number;
  errorMessage: string | undefined;
};

/** Writes down a reload, and that the next one has to keep its distance. */
export async function insertReload(db: Db, reload: ReloadInsert): Promise<void> {
  await db('platform.edge_reloads').insert({
    id: reload.id,
    droplet_id: reload.dropletId,
    at: reload.at,
    author: reload.author,
    reason: reload.reason,
    job_id: reload.jobId ?? null,
    duration_ms: reload.durationMs,
    error_message: reload.errorMessage ?? null,
  });
  await db('platform.edge_maps')
    .insert({ droplet_id: reload.dropletId, reloaded_at: reload.at })
    .onConflict('droplet_id')
    .merge(['reloaded_at']);
}
