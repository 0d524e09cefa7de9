import { enrolDroplet } from '#domain/droplets/index.ts';
import { openRevisions, type Change } from '#domain/edge/index.ts';
import { requestJob } from '#domain/jobs/index.ts';
import { createTenant, createTenantRecords, markLive, type Tenant } from '#domain/tenants/index.ts';
import type { Context } from '#platform/context.ts';
import { withTransaction } from '#platform/db/index.ts';
import { newId } from '#platform/ids.ts';

/*
 * An edge as the database knows it, without one: rows that say what a real edge's answers would have made them say. For
 * pages and listings; what an edge does is proven on real ones.
 */

/** Enrols an edge that nobody will ever reach. Returns its id. */
export async function enrolPaperEdge(ctx: Context, name = 'edge-1'): Promise<string> {
  const hostKey = `ssh-ed25519 ${'A'.repeat(68)}`;
  const { id } = await enrolDroplet(ctx, {
    name,
    role: 'edge',
    host: '127.0.0.1',
    port: 9,
    username: 'agent',
    hostKey,
    keyName: 'edge',
    probeUrl: 'http://127.0.0.1:9',
  });
  return id;
}

/** A live store, not published anywhere. */
export async function addLiveStore(ctx: Context, slug: string, name = `Loja ${slug}`): Promise<Tenant> {
  const { tenant } = await createTenant(ctx, { slug, name, admin: { name: 'Ana', email: `ana@${slug}.test` } });
  await createTenantRecords(ctx, tenant.id, { branding: {}, settings: {} });
  await ctx.db('platform.tenant_branding').where({ tenant_id: tenant.id }).update({ features: '{"delivery":true}' });
  return markLive(ctx, tenant.id);
}

type Published = { author?: string; reason?: string; confirmed?: boolean };

/** As if every edge had taken these changes, and had answered with them. Returns the numbers of the revisions. */
export async function publishOnPaper(
  ctx: Context,
  changes: readonly Change[],
  { author = 'olivia', reason = 'a test', confirmed = true }: Published = {},
): Promise<number[]> {
  const jobId = await withTransaction(ctx, (tx) =>
    requestJob(tx, { kind: 'edge.publish_maps', subject: 'test', payload: { reason } }),
  );
  const never = { ssh: { run: () => Promise.reject(new Error('no edge is asked')) }, baseDomain: 'localhost' };
  const order = { jobId, purpose: 'publish', author, reason, changes };
  const revisions = await openRevisions({ ...ctx, ...never }, order);
  const at = ctx.clock.now();
  const outcome = confirmed ? 'confirmed' : 'sent';
  const done = { outcome, finished_at: confirmed ? at : null };
  await ctx.db('platform.edge_revisions').whereIn('number', revisions).update(done);
  await ctx.db('platform.edge_revision_files').whereIn('revision', revisions).update(done);
  await ctx.db.raw(
    `insert into platform.edge_files (tenant_id, droplet_id, slug, revision, state, sha256, content_sha256, published_at,
                                      confirmed_at, probed_at)
     select f.tenant_id, r.droplet_id, f.slug, f.revision, f.state, f.sha256, f.content_sha256, :at, :seen, :seen
       from platform.edge_revision_files f join platform.edge_revisions r on r.number = f.revision
      where f.revision = any(:revisions::bigint[]) and f.state is not null
     on conflict (tenant_id, droplet_id, slug) do update
        set revision = excluded.revision, state = excluded.state, sha256 = excluded.sha256,
            content_sha256 = excluded.content_sha256, confirmed_at = excluded.confirmed_at, probe_error = null`,
    { at, seen: confirmed ? at : null, revisions },
  );
  return revisions;
}

/** The store as it is served while it is live. */
export const asLive = ({ id, slug }: Tenant): Change => ({ tenantId: id, slug, state: 'live' });

export type PaperDrift = { kind: string; name: string; tenantId?: string; actual?: string; found?: string };

/** As if the edge had been looked at just now and this had been found. */
export async function findOnPaper(ctx: Context, dropletId: string, drift: PaperDrift): Promise<void> {
  const at = ctx.clock.now();
  const [file] = drift.tenantId ? await ctx.db('platform.edge_files').where({ tenant_id: drift.tenantId }) : [];
  await ctx.db('platform.edge_drift').insert({
    droplet_id: dropletId,
    kind: drift.kind,
    name: drift.name,
    tenant_id: drift.tenantId ?? null,
    expected: file ? `${file.state}:${file.sha256}` : 'absent',
    actual: drift.actual ?? null,
    found: drift.found ?? null,
    found_at: at,
    seen_at: at,
  });
  await lookedOnPaper(ctx, dropletId);
}

export async function lookedOnPaper(
  ctx: Context,
  dropletId: string,
  errorMessage: string | null = null,
): Promise<void> {
  await ctx
    .db('platform.edge_looks')
    .insert({ droplet_id: dropletId, looked_at: ctx.clock.now(), error_message: errorMessage })
    .onConflict('droplet_id')
    .merge();
}

/** As if the edge had been told to reload. */
export async function reloadedOnPaper(
  ctx: Context,
  dropletId: string,
  { at = ctx.clock.now(), errorMessage = null as string | null, reason = 'a test' } = {},
): Promise<void> {
  await ctx.db('platform.edge_reloads').insert({
    id: newId(),
    droplet_id: dropletId,
    at,
    author: 'olivia',
    reason,
    duration_ms: 412,
    error_message: errorMessage,
  });
}

/** What a job would run on. */
export async function payloadOf(ctx: Context, jobId: string): Promise<Record<string, unknown>> {
  const row = await ctx
    .db<{ id: string; payload: Record<string, unknown> }>('platform.jobs')
    .where({ id: jobId })
    .first();
  return row!.payload;
}
