import { recordAudit } from '#domain/audit/index.ts';
import { CONSTRUCTION_STREAM, deleteLimit, listLimits, replaceLimit, type Limit } from '#domain/events/index.ts';
import type { Context } from '#platform/context.ts';
import { withTransaction } from '#platform/db/index.ts';
import { NotFound } from '#platform/errors.ts';
import { isId, newId } from '#platform/ids.ts';
import { getStore, nameStore } from '../fields.ts';

/** `tenant` is a store's slug or id. */
export type LimitInput = { tenant: string; perSecond: number; reason: string; forMinutes: number | undefined };

/** A limit, and the slug of its store. */
export type ShownLimit = Limit & { tenant: string };

/** The limits that hold, the newest first. */
export async function listActiveLimits(ctx: Context): Promise<ShownLimit[]> {
  return Promise.all((await listLimits(ctx.db)).map((limit) => withStore(ctx, limit)));
}

/**
 * Has the relay publish at most so many events a second of a store, within about a second from now; what is more waits in its
 * order. Takes the place of the limit it has. Throws InvalidInput `unknown_tenant`.
 */
export async function limitStore(ctx: Context, input: LimitInput): Promise<ShownLimit> {
  const tenant = await getStore(ctx, 'tenant', input.tenant);
  const setAt = ctx.clock.now();
  const limit: Limit = {
    id: newId(),
    tenantId: tenant.id,
    perSecond: input.perSecond,
    reason: input.reason,
    setBy: ctx.actor.label,
    setAt,
    expiresAt: input.forMinutes === undefined ? undefined : new Date(setAt.getTime() + input.forMinutes * 60_000),
  };
  await withTransaction(ctx, async (tx) => {
    await replaceLimit(tx.db, limit);
    await audit(tx, 'limited', limit);
  });
  return { ...limit, tenant: tenant.slug };
}

/** Lets the store publish as it likes. Throws NotFound `limit_not_found`. */
export async function endLimit(ctx: Context, id: string): Promise<ShownLimit> {
  return withTransaction(ctx, async (tx) => {
    const limit = isId(id) ? await deleteLimit(tx.db, id) : undefined;
    if (!limit) throw new NotFound('limit_not_found', 'There is no such limit: it was ended or replaced.');
    await audit(tx, 'unlimited', limit);
    return withStore(tx, limit);
  });
}

async function withStore(ctx: Context, limit: Limit): Promise<ShownLimit> {
  return { ...limit, tenant: await nameStore(ctx, limit.tenantId) };
}

async function audit(tx: Context, verb: 'limited' | 'unlimited', limit: Limit): Promise<void> {
  const { id, tenantId, perSecond, reason, expiresAt } = limit;
  await recordAudit(tx, {
    action: `stream.${verb}`,
    subject: { type: 'stream', id, label: CONSTRUCTION_STREAM },
    tenantId,
    [verb === 'limited' ? 'after' : 'before']: {
      per_second: perSecond,
      reason,
      expires_at: expiresAt?.toISOString() ?? null,
    },
  });
}
