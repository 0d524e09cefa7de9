import type { Db } from '#platform/db/index.ts';
import type { Enrolment } from './service.ts';
import { toDroplet, type DropletRow } from './rows.ts';
import type { Health } from './policy.ts';
import type { Droplet } from './types.ts';

/** A droplet that was retired keeps its row and its name, so that its history stays and it can come back. */
export type LockedDroplet = { droplet: Droplet; retiredAt: Date | undefined };

/** The droplet with this name, locked until the transaction ends. */
export async function lockDroplet(db: Db, name: string): Promise<LockedDroplet | undefined> {
  const row = await db<DropletRow>('platform.droplets').where({ name }).forUpdate().first();
  return row && { droplet: toDroplet(row), retiredAt: row.retired_at ?? undefined };
}

export async function markRetired(db: Db, id: string, at: Date): Promise<void> {
  await db('platform.droplets').where({ id }).update({ retired_at: at, updated_at: at });
}

/** Logs in with another key from now on; false when the key in use is not the one to be replaced. */
export async function replaceKeyName(
  db: Db,
  id: string,
  { from, to, at }: { from: string; to: string; at: Date },
): Promise<boolean> {
  const changed = await db('platform.droplets')
    .where({ id, key_name: from, retired_at: null })
    .update({ key_name: to, updated_at: at });
  return changed > 0;
}

/** Writes the machine as enrolled just now: whatever was known of its health is of another machine. */
export async function upsertDroplet(
  db: Db,
  enrolment: Enrolment & { id: string; at: Date; by: string },
): Promise<Droplet> {
  const [row] = await db<DropletRow & { updated_at: Date }>('platform.droplets')
    .insert({
      id: enrolment.id,
      name: enrolment.name,
      role: enrolment.role,
      host: enrolment.host,
      port: enrolment.port,
      username: enrolment.username,
      host_key: enrolment.hostKey,
      key_name: enrolment.keyName,
      probe_url: enrolment.probeUrl ?? null,
      status: 'enrolled',
      failures: 0,
      failed_at: null,
      retired_at: null,
      last_seen_at: null,
      last_error: null,
      enrolled_at: enrolment.at,
      enrolled_by: enrolment.by,
      updated_at: enrolment.at,
    })
    .onConflict('name')
    .merge(ENROLLED_ANEW)
    .returning('*');
  return toDroplet(row!);
}

/** All but `id` and `name`: the machine may be another one, but what points at its place in the platform stays right. */
const ENROLLED_ANEW: (keyof DropletRow | 'updated_at')[] = [
  'role',
  'host',
  'port',
  'username',
  'host_key',
  'key_name',
  'probe_url',
  'status',
  'failures',
  'failed_at',
  'retired_at',
  'last_seen_at',
  'last_error',
  'enrolled_at',
  'enrolled_by',
  'updated_at',
];

type HealthChange = Health & { lastError: string | null; seenAt?: Date; at: Date };

/** The health of a droplet that is ours, locked until the transaction ends. */
export async function lockHealth(db: Db, id: string): Promise<Health | undefined> {
  const row = await db<DropletRow>('platform.droplets').where({ id, retired_at: null }).forUpdate().first();
  return row && { status: row.status, failures: row.failures, failedAt: row.failed_at ?? undefined };
}

export async function updateHealth(db: Db, id: string, health: HealthChange): Promise<void> {
  await db('platform.droplets')
    .where({ id })
    .update({
      status: health.status,
      failures: health.failures,
      failed_at: health.failedAt ?? null,
      last_error: health.lastError,
      ...(health.seenAt && { last_seen_at: health.seenAt }),
      updated_at: health.at,
    });
}

/** Notes that a machine which was well answered again; false when it was not well, and nothing was noted. */
export async function markSeenAgain(db: Db, id: string, at: Date): Promise<boolean> {
  const seen = await db('platform.droplets')
    .where({ id, status: 'reachable', failures: 0, last_error: null, retired_at: null })
    .update({ last_seen_at: at, updated_at: at });
  return seen > 0;
}
