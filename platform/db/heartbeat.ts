import type { Db } from './database.ts';

/** Who beats: `process` is the kind ("ops"), `instance` one run of it. `detail` is shown to the operator. */
type Heartbeat = { process: string; instance: string; startedAt: Date; detail?: Record<string, unknown> };

/**
 * Says that this process lives and works; to be written at least every 5 s. The time is the database's, so that ages can
 * be compared across machines.
 */
export async function recordHeartbeat(db: Db, { process, instance, startedAt, detail = {} }: Heartbeat): Promise<void> {
  await db.raw(
    `insert into platform.heartbeats (process, instance, started_at, beat_at, detail)
     values (:process, :instance, :startedAt, clock_timestamp(), :detail)
     on conflict (process, instance) do update
        set started_at = excluded.started_at, beat_at = excluded.beat_at, detail = excluded.detail`,
    { process, instance, startedAt, detail: JSON.stringify(detail) },
  );
}

/** Forgets instances of this kind that have been silent for a day: nobody will ask for them any more. */
export async function forgetOldInstances(db: Db, process: string): Promise<void> {
  await db('platform.heartbeats').where({ process }).whereRaw(`beat_at < now() - interval '1 day'`).delete();
}
