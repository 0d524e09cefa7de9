import type { Db } from '#platform/db/index.ts';
import type { Tenant } from '../types.ts';

/**
 * Takes a name for a store that is about to have it; a repeat changes nothing, and an old name of its own may come back.
 * False when anybody else has it. A parallel attempt waits for the other's transaction, so exactly one of many wins.
 */
export async function claimIncoming(db: Db, claim: { slug: string; tenantId: string; at: Date }): Promise<boolean> {
  const { rowCount } = await db.raw<{ rowCount: number }>(
    `insert into platform.slugs as taken (slug, tenant_id, kind, reserved_at)
     values (:slug, :tenantId, 'incoming', :at)
     on conflict (slug) do update
        set kind = 'incoming', came_from = case taken.kind when 'incoming' then taken.came_from else taken.kind end
      where taken.tenant_id = excluded.tenant_id and taken.kind <> 'primary'`,
    claim,
  );
  return rowCount === 1;
}

/** Gives up the name that a store did not get. One that it had before is again what it was; any other is free. */
export async function releaseIncoming(db: Db, tenantId: string): Promise<void> {
  const incoming = { tenant_id: tenantId, kind: 'incoming' };
  await db('platform.slugs').where(incoming).whereNull('came_from').delete();
  await db('platform.slugs')
    .where(incoming)
    .update({ kind: db.ref('came_from'), came_from: null });
}

type Switch = { from: string; to: string; at: Date };

/** Makes `to` the store's first name; `from` leads to it until `freeAfter`. */
export async function switchPrimary(db: Db, { id }: Tenant, names: Switch & { freeAfter: Date }): Promise<void> {
  const own = (slug: string) => db('platform.slugs').where({ tenant_id: id, slug });
  await own(names.from).update({ kind: 'alias', free_after: names.freeAfter });
  await own(names.to).update({ kind: 'primary' });
  await updateSlug(db, id, { slug: names.to, at: names.at });
}

/** Takes {@link switchPrimary} back: `to` is on its way in again. */
export async function switchPrimaryBack(db: Db, { id }: Tenant, { from, to, at }: Switch): Promise<void> {
  const own = (slug: string) => db('platform.slugs').where({ tenant_id: id, slug });
  await own(to).update({ kind: 'incoming' });
  await own(from).update({ kind: 'primary', free_after: null });
  await updateSlug(db, id, { slug: from, at });
}

async function updateSlug(db: Db, id: string, { slug, at }: { slug: string; at: Date }): Promise<void> {
  await db('platform.tenants')
    .where({ id })
    .update({ slug, updated_at: at, version: db.raw('version + 1') });
}

/** The first name keeps no trace of having been something else. */
export async function settlePrimary(db: Db, tenantId: string): Promise<void> {
  await db('platform.slugs')
    .where({ tenant_id: tenantId, kind: 'primary' })
    .update({ came_from: null, free_after: null });
}

/** No name of the store leads anywhere any more, and none is anybody's until `freeAfter`. */
export async function quarantineAll(db: Db, tenantId: string, freeAfter: Date): Promise<void> {
  await db('platform.slugs')
    .where({ tenant_id: tenantId })
    .update({ kind: 'quarantined', came_from: null, free_after: freeAfter });
}

export type EndedName = { slug: string; tenantId: string | undefined };

/** Old names whose time is over lead nowhere from now on, and are nobody's until `freeAfter`. Returns them. */
export async function quarantineEndedAliases(db: Db, at: Date, freeAfter: Date): Promise<EndedName[]> {
  const rows = await db('platform.slugs')
    .where({ kind: 'alias' })
    .where('free_after', '<=', at)
    .update({ kind: 'quarantined', free_after: freeAfter })
    .returning<NameRow[]>(['slug', 'tenant_id']);
  return rows.map(toEndedName);
}

/** Frees the names whose quarantine is over. Returns them. */
export async function deleteFreedNames(db: Db, at: Date): Promise<EndedName[]> {
  const rows = await db('platform.slugs')
    .where({ kind: 'quarantined' })
    .where('free_after', '<=', at)
    .delete()
    .returning<NameRow[]>(['slug', 'tenant_id']);
  return rows.map(toEndedName);
}

type NameRow = { slug: string; tenant_id: string | null };

function toEndedName({ slug, tenant_id: tenantId }: NameRow): EndedName {
  return { slug, tenantId: tenantId ?? undefined };
}
