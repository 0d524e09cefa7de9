import type { Context } from '#platform/context.ts';
import { withTransaction, type Db } from '#platform/db/index.ts';

export const CHANNELS = ['webhook', 'email'] as const;
export type Channel = (typeof CHANNELS)[number];

export type Transition = 'opened' | 'worsened' | 'resolved' | 'test';

export type DueDelivery = {
  /** Of the notice: the same on every channel and at every attempt. */
  id: string;
  channel: Channel;
  attempt: number;
  transition: Transition;
  createdAt: Date;
  /** Undefined for a test. */
  alert:
    | { key: string; severity: string; title: string; detail: string; openedAt: Date; resolvedAt: Date | undefined }
    | undefined;
};

/**
 * Makes a delivery for each channel of every new notice, one notice after another: an end is told where the beginning was. A
 * mute counts from when the notice is planned; when it is over, what opened meanwhile and is open still is to be told.
 */
export async function planNotices(ctx: Context, channels: readonly Channel[]): Promise<void> {
  await withTransaction(ctx, async ({ db, clock }) => {
    const { rows } = await db.raw<{ rows: { id: string }[] }>(
      `select id from platform.alert_notices where planned_at is null order by created_at limit 100 for update skip locked`,
    );
    for (const { id } of rows) await db.raw(PLAN, { id, channels: [...channels], now: clock.now() });
    await db.raw(UNMUTE, { now: clock.now() });
  });
}

const PLAN = `
  with planned as (
    update platform.alert_notices set planned_at = :now where id = :id returning id, alert_id, transition),
  beginnings as (
    select d.channel from planned p
      join platform.alert_notices o on o.alert_id = p.alert_id and o.transition = 'opened'
      join platform.alert_deliveries d on d.notice_id = o.id and d.state in ('pending', 'sent')),
  mutes as (
    select m.id from planned p join platform.alerts a on a.id = p.alert_id
      join platform.alert_mutes m on m.key = a.key and m.ended_at is null and m.expires_at > :now)
  insert into platform.alert_deliveries (notice_id, channel, state, next_attempt_at)
  select p.id, c.channel,
         case when p.transition in ('opened', 'worsened') and exists (select from mutes) then 'muted'
              when p.transition = 'resolved' and c.channel not in (select channel from beginnings) then 'muted'
              else 'pending' end, :now
    from planned p cross join unnest(:channels::text[]) as c (channel)`;

const UNMUTE = `
  update platform.alert_deliveries d set state = 'pending', next_attempt_at = :now
    from platform.alerts a join platform.alert_notices n on n.alert_id = a.id and n.transition = 'opened'
   where a.resolved_at is null and d.notice_id = n.id and d.state = 'muted'
     and not exists (select from platform.alert_mutes m where m.key = a.key and m.ended_at is null and m.expires_at > :now)`;

type DueRow = {
  id: string;
  channel: Channel;
  attempts: number;
  transition: DueDelivery['transition'];
  created_at: Date;
  key: string | null;
  severity: string;
  title: string;
  detail: string;
  opened_at: Date;
  resolved_at: Date | null;
};

/**
 * Takes the oldest that is due on a channel, and leaves it to who took it for `reservedMs`. What is told of one alert is told
 * in its order. Nothing while there is none.
 */
export async function claimDelivery(
  db: Db,
  { channel, now, reservedMs }: { channel: Channel; now: Date; reservedMs: number },
): Promise<DueDelivery | undefined> {
  const { rows } = await db.raw<{ rows: DueRow[] }>(CLAIM, {
    channel,
    now,
    until: new Date(now.getTime() + reservedMs),
  });
  return rows[0] && toDelivery(rows[0]);
}

const CLAIM = `
  with due as (
    select d.notice_id from platform.alert_deliveries d join platform.alert_notices n on n.id = d.notice_id
     where d.state = 'pending' and d.channel = :channel and d.next_attempt_at <= :now
       and not exists (
         select from platform.alert_notices e join platform.alert_deliveries b on b.notice_id = e.id
          where e.alert_id = n.alert_id and (e.created_at, e.id) < (n.created_at, n.id)
            and b.channel = d.channel and b.state = 'pending')
     order by n.created_at, n.id limit 1 for update of d skip locked)
  update platform.alert_deliveries d set attempts = d.attempts + 1, next_attempt_at = :until
    from due join platform.alert_notices n on n.id = due.notice_id left join platform.alerts a on a.id = n.alert_id
   where d.notice_id = due.notice_id and d.channel = :channel
  returning n.id, d.channel, d.attempts, n.transition, n.created_at, a.key, a.severity, a.title, a.detail, a.opened_at,
            a.resolved_at`;

function toDelivery(row: DueRow): DueDelivery {
  const { id, channel, transition, key, severity, title, detail } = row;
  const alert = key !== null && {
    key,
    severity,
    title,
    detail,
    openedAt: row.opened_at,
    resolvedAt: row.resolved_at ?? undefined,
  };
  return { id, channel, transition, attempt: row.attempts, createdAt: row.created_at, alert: alert || undefined };
}

type End = { state: 'sent' | 'failed'; at: Date } | { state: 'pending'; at: Date; retryAt: Date };

/** Notes how an attempt ended, unless somebody else has begun another since. */
export async function endDelivery(
  db: Db,
  { id, channel, attempt }: DueDelivery,
  end: End & { error?: string },
): Promise<void> {
  await db('platform.alert_deliveries')
    .where({ notice_id: id, channel, state: 'pending', attempts: attempt })
    .update({
      state: end.state,
      last_error: end.error ?? null,
      sent_at: end.state === 'sent' ? end.at : null,
      ...(end.state === 'pending' && { next_attempt_at: end.retryAt }),
    });
}

/** Deletes alerts that ended before this time, with what was told of them; and tests and mutes as old. Returns how many. */
export async function deleteAlertsBefore(db: Db, time: Date): Promise<number> {
  await db('platform.alert_notices').where({ transition: 'test' }).where('created_at', '<', time).delete();
  await db('platform.alert_mutes').where('expires_at', '<', time).delete();
  return db('platform.alerts').where('resolved_at', '<', time).delete();
}

export async function insertTest(db: Db): Promise<void> {
  await db('platform.alert_notices').insert({ transition: 'test' });
}
