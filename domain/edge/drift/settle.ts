import { recordAudit } from '#domain/audit/index.ts';
import { requestJob } from '#domain/jobs/index.ts';
import { getTenant, resumeTenant, suspendTenant, updateTenant } from '#domain/tenants/index.ts';
import { withTransaction } from '#platform/db/index.ts';
import { Conflict, NotFound } from '#platform/errors.ts';
import type { Context } from '#platform/context.ts';
import { contentHash, parseDocument, type TenantDocument } from '../document.ts';
import { fingerprintOf } from '../fingerprint.ts';
import { getEdge } from '../publication/send.ts';
import type { EdgeState } from '../types.ts';
import type { DriftKind } from './compare.ts';
import { findDrift, listDrift, type Drift } from './listings.ts';
import { adoptEdgeFile } from './queries.ts';

type Choice = { dropletId: string; kind: DriftKind; name: string };

/** {@link fingerprintOfDrift} of what the operator saw; what has changed since is refused. */
type Shown = { shown?: string | undefined };

/** Tells what was seen on an edge from what is seen there at another time. */
export function fingerprintOfDrift(drifts: readonly Drift[]): string {
  return fingerprintOf(drifts.map(({ kind, name, actual }) => [kind, name, actual]));
}

function refuseUnlessSeen(drifts: readonly Drift[], shown: string | undefined): void {
  if (shown === undefined || shown === fingerprintOfDrift(drifts)) return;
  throw new Conflict('drift_changed', 'The edge was changed once more meanwhile. Nothing was done; look at it again.');
}

/**
 * Asks for a job that makes the edge hold again what was published: of what is named, or of all that differs. What has
 * changed once more since it was seen is left alone. Returns the job's id. Throws NotFound `drift_not_found` when nothing
 * named differs any more, Conflict `drift_changed`.
 */
export async function requestRestore(
  ctx: Context,
  { dropletId, findings, shown }: Shown & { dropletId: string; findings?: readonly Pick<Choice, 'kind' | 'name'>[] },
): Promise<string> {
  return withTransaction(ctx, async (tx) => {
    const isMeant = (drift: Drift) =>
      !findings || findings.some((one) => one.kind === drift.kind && one.name === drift.name);
    const meant = (await listDrift(tx, { dropletId })).filter(isMeant);
    const [first] = meant;
    if (!first)
      throw new NotFound('drift_not_found', 'The edge holds what was published; there is nothing to restore.');
    refuseUnlessSeen(meant, shown);
    const seen = meant.map(({ kind, name, actual }) => ({ kind, name, actual: actual ?? '' }));
    const subject = `edge ${first.droplet}`;
    const jobId = await requestJob(tx, { kind: 'edge.restore', subject, payload: { dropletId, findings: seen } });
    await recordAudit(tx, {
      action: 'edge.restore_requested',
      subject: { type: 'droplet', id: dropletId, label: first.droplet },
      before: { found: seen.map(({ kind, name }) => `${name} (${kind})`) },
    });
    return jobId;
  });
}

/**
 * Takes what somebody wrote into a store's file for what the store shall be: name, branding and state of the database
 * become those of the file, and a job publishes them everywhere. Returns that job's id. Throws NotFound
 * `drift_not_found`, Conflict `drift_not_adoptable` when the finding is no readable file of a known store, `drift_changed`.
 */
export async function adoptDrift(ctx: Context, { dropletId, kind, name, shown }: Choice & Shown): Promise<string> {
  return withTransaction(ctx, async (tx) => {
    const drift = await findDrift(tx, { dropletId, kind, name });
    if (!drift) throw new NotFound('drift_not_found', 'The edge holds what was published; there is nothing to adopt.');
    refuseUnlessSeen([drift], shown);
    const { tenantId, document, state, sha256 } = adoptable(drift);
    const edge = await getEdge(tx, dropletId);
    const file = { tenantId, dropletId, slug: name, state, sha256, contentSha256: contentHash(document) };
    await adoptEdgeFile(tx.db, file);
    await recordAudit(tx, {
      action: 'edge.drift_adopted',
      subject: { type: 'tenant', id: tenantId, label: name },
      tenantId,
      before: { edge: edge.name, file: drift.expected },
      after: { edge: edge.name, file: drift.actual },
    });
    return takeOver(tx, { tenantId, document, state, edge: edge.name });
  });
}

function adoptable(drift: Drift) {
  const document = parseDocument(drift.found ?? '');
  const [state, sha256] = drift.actual?.split(':') ?? [];
  if (drift.kind !== 'edited' || !drift.tenantId || !document || document.slug !== drift.name || !sha256)
    throw new Conflict('drift_not_adoptable', `${drift.name} is no readable file of a store. It can only be restored.`);
  return { tenantId: drift.tenantId, document, sha256, state: state as EdgeState };
}

type Adoption = { tenantId: string; document: TenantDocument; state: EdgeState; edge: string };

async function takeOver(tx: Context, { tenantId, document, state, edge }: Adoption): Promise<string> {
  const branding = {
    logoUrl: document.logo_url,
    primaryColor: document.primary_color,
    secondaryColor: document.secondary_color,
    features: document.features,
  };
  const { jobId } = await updateTenant(tx, tenantId, { changes: { name: document.name, branding } });
  const { status } = await getTenant(tx, tenantId);
  // A change of branding is always published.
  if (status === state) return jobId!;
  if (state === 'live') return (await resumeTenant(tx, tenantId)).jobId;
  return (await suspendTenant(tx, tenantId, { reason: `found suspended on ${edge}` })).jobId;
}
