import type { Db } from '#platform/db/index.ts';
import type { Enrolment } from './service.ts';
import { toDroplet, type DropletRow } from './rows.ts';
import type { Droplet, DropletStatus } from './types.ts';

/** The droplet with this name, locked until the transaction ends. */
export async function lockDroplet(db: Db, name: string): Promise<Droplet | undefined> {
  const row = await db<DropletRow>('platform.droplets').where({ name }).forUpdate().first();
  return row && toDroplet(row);
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
  'last_seen_at',
  'last_error',
  'enrolled_at',
  'enrolled_by',
  'updated_at',
];

type Health = { status: DropletStatus; lastError: string | null; seenAt?: Date; at: Date };

export async function updateDropletHealth(db: Db, id: string, health: Health): Promise<void> {
  await db('platform.droplets')
    .where({ id })
    .update({
      status: health.status,
      last_error: health.lastError,
      ...(health.seenAt && { last_seen_at: health.seenAt }),
      updated_at: health.at,
    });
}
