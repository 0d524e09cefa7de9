import { recordAudit } from '#domain/audit/index.ts';
import type { Context } from '#platform/context.ts';
import { withTransaction } from '#platform/db/index.ts';
import { NotFound } from '#platform/errors.ts';
import { isId, newId } from '#platform/ids.ts';
import { acknowledge } from './queries.ts';

/** Nobody is told of alerts with this key until then. They are shown all the same. */
export type Mute = { id: string; key: string; reason: string; mutedBy: string; mutedAt: Date; expiresAt: Date };

export type MuteInput = { key: string; reason: string; forMinutes: number };

/** The mutes that hold now, those first that end soonest. */
export async function listMutes(ctx: Context): Promise<Mute[]> {
  const rows = await ctx
    .db<MuteRow>('platform.alert_mutes')
    .whereNull('ended_at')
    .where('expires_at', '>', ctx.clock.now())
    .orderBy('expires_at');
  return rows.map(toMute);
}

type MuteRow = { id: string; key: string; reason: string; muted_by: string; muted_at: Date; expires_at: Date };

function toMute(row: MuteRow): Mute {
  const { id, key, reason } = row;
  return { id, key, reason, mutedBy: row.muted_by, mutedAt: row.muted_at, expiresAt: row.expires_at };
}

/** Has nobody told of alerts with this key for so many minutes. */
export async function muteAlerts(ctx: Context, { key, reason, forMinutes }: MuteInput): Promise<Mute> {
  return withTransaction(ctx, async (tx) => {
    const mutedAt = tx.clock.now();
    const expiresAt = new Date(mutedAt.getTime() + forMinutes * 60_000);
    const mute: Mute = { id: newId(), key, reason, mutedBy: tx.actor.label, mutedAt, expiresAt };
    await tx.db('platform.alert_mutes').insert({
      id: mute.id,
      key,
      reason,
      muted_by: mute.mutedBy,
      muted_at: mutedAt,
      expires_at: expiresAt,
    });
    await audit(tx, 'alert.muted', key, { reason, expires_at: expiresAt.toISOString() });
    return mute;
  });
}

/** Ends a mute before its time. Throws NotFound when it does not hold any more. */
export async function endMute(ctx: Context, id: string): Promise<void> {
  if (!isId(id)) throw new NotFound();
  await withTransaction(ctx, async (tx) => {
    const [row] = await tx
      .db('platform.alert_mutes')
      .where({ id })
      .whereNull('ended_at')
      .where('expires_at', '>', tx.clock.now())
      .update({ ended_at: tx.clock.now() })
      .returning<{ key: string }[]>('key');
    if (!row) throw new NotFound();
    await audit(tx, 'alert.unmuted', row.key, {});
  });
}

/** Says who looks after an open alert, for all others. Throws NotFound when it is over. */
export async function acknowledgeAlert(ctx: Context, id: string, note: string): Promise<void> {
  if (!isId(id)) throw new NotFound();
  await withTransaction(ctx, async (tx) => {
    const key = await acknowledge(tx.db, id, { by: tx.actor.label, note, at: tx.clock.now() });
    if (key === undefined) throw new NotFound();
    await audit(tx, 'alert.acknowledged', key, { note });
  });
}

async function audit(tx: Context, action: string, key: string, after: Record<string, unknown>): Promise<void> {
  await recordAudit(tx, { action, subject: { type: 'alert', id: key, label: key }, after });
}
