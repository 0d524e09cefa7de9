import type { Context } from '#platform/context.ts';
import { withTransaction, type Db } from '#platform/db/index.ts';

export type Channel = 'webhook' | 'email';

export type DueDelivery = {
  /** Of the notice: the same on every channel and at every attempt. */
  id: string;
  channel: Channel;
  attempt: number;
  transition: 'opened' | 'resolved' | 'test';
  createdAt: Date;
  /** Undefined for a test. */
  alert:
    | { key: string; severity: string; title: string; detail: string; openedAt: Date; resolvedAt: Date | undefined }
    | undefined;
};

/**
 * Makes a delivery for each channel of every new notice, one notice after another: an end is told where the beginning was. A
 * mute counts from when the notice is planned.
 */
export async function planNotices(ctx: Context, channels: readonly Channel[]): Promise<void> {
  await withTransaction(ctx, async ({ db, clock }) => {
    const { rows } = await db.raw<{ rows: { id: string }[] }>(
      `select id from platform.alert_notices where planned_at is null order by created_at limit 100 for update skip locked`,
    );
    for (const { id } of rows) await db.raw(PLAN, { id, channels: [...channels], now: clock.now() });
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
         case when p.transition = 'opened' and exists (select from mutes) then 'muted'
              when p.transition = 'resolved' and c.channel not in (select channel from beginnings) then 'muted'
              else 'pending' end, :now
    from planned p cross join unnest(:channels::text[]) as c (channel)`;

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

/** Takes what is due, the oldest first, and leaves each alone for the pause after its attempt. */
export async function claimDeliveries(
  db: Db,
  now: Date,
  pauseAfter: (attempt: number) => number,
): Promise<DueDelivery[]> {
  const due = await db.raw<{ rows: { notice_id: string; channel: Channel; attempts: number }[] }>(
    `select d.notice_id, d.channel, d.attempts + 1 as attempts
       from platform.alert_deliveries d join platform.alert_notices n on n.id = d.notice_id
      where d.state = 'pending' and d.next_attempt_at <= :now
        and not exists (
          select from platform.alert_notices e join platform.alert_deliveries b on b.notice_id = e.id
           where e.alert_id = n.alert_id and e.transition = 'opened' and n.transition = 'resolved'
             and b.channel = d.channel and b.state = 'pending')
      order by n.created_at limit 10`,
    { now },
  );
  const claimed: DueDelivery[] = [];
  for (const { notice_id: id, channel, attempts } of due.rows) {
    const until = new Date(now.getTime() + pauseAfter(attempts));
    const { rows } = await db.raw<{ rows: DueRow[] }>(
      `update platform.alert_deliveries d set attempts = :attempts, next_attempt_at = :until
         from platform.alert_notices n left join platform.alerts a on a.id = n.alert_id
        where d.notice_id = :id and d.channel = :channel and n.id = d.notice_id
          and d.state = 'pending' and d.attempts = :attempts - 1
       returning n.id, d.channel, d.attempts, n.transition, n.created_at, a.key, a.severity, a.title, a.detail, a.opened_at,
                 a.resolved_at`,
      { id, channel, attempts, until },
    );
    claimed.push(...rows.map(toDelivery));
  }
  return claimed;
}

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

type End = { state: 'sent' | 'pending' | 'failed'; error?: string; at: Date };

export async function endDelivery(db: Db, { id, channel }: DueDelivery, { state, error, at }: End): Promise<void> {
  await db('platform.alert_deliveries')
    .where({ notice_id: id, channel })
    .update({ state, last_error: error ?? null, sent_at: state === 'sent' ? at : null });
}

export async function insertTest(db: Db): Promise<void> {
  await db('platform.alert_notices').insert({ transition: 'test' });
}
