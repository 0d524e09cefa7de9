import type { Db } from '#platform/db/index.ts';
import type { Connection, Sample } from './types.ts';

/** Columns of platform.droplet_facts that one verb fills. */
type FactColumns = Record<string, string | number | boolean | Date | null>;

export async function saveFacts(db: Db, dropletId: string, columns: FactColumns): Promise<void> {
  await db('platform.droplet_facts')
    .insert({ droplet_id: dropletId, ...columns })
    .onConflict('droplet_id')
    .merge(Object.keys(columns));
}

export async function deleteFacts(db: Db, dropletId: string): Promise<void> {
  for (const table of ['droplet_facts', 'droplet_samples', 'droplet_connections'])
    await db(`platform.${table}`).where({ droplet_id: dropletId }).delete();
}

/** Keeps the highest of what was seen in the same bucket. */
export async function upsertSample(db: Db, dropletId: string, sample: Sample): Promise<void> {
  await db.raw(
    `insert into platform.droplet_samples as s (droplet_id, at, load_per_core, memory_used, disk_used)
     values (:dropletId, :at, :loadPerCore, :memoryUsed, :diskUsed)
     on conflict (droplet_id, at) do update
       set load_per_core = greatest(s.load_per_core, excluded.load_per_core),
           memory_used = greatest(s.memory_used, excluded.memory_used),
           disk_used = greatest(s.disk_used, excluded.disk_used)`,
    {
      dropletId,
      at: sample.at,
      loadPerCore: sample.loadPerCore ?? null,
      memoryUsed: sample.memoryUsed ?? null,
      diskUsed: sample.diskUsed ?? null,
    },
  );
}

export async function deleteSamplesBefore(db: Db, dropletId: string, before: Date): Promise<void> {
  await db('platform.droplet_samples').where({ droplet_id: dropletId }).where('at', '<', before).delete();
}

export async function upsertConnections(
  db: Db,
  connections: readonly (Connection & { dropletId: string })[],
): Promise<void> {
  await db('platform.droplet_connections')
    .insert(
      connections.map((it) => ({
        droplet_id: it.dropletId,
        instance: it.instance,
        state: it.state,
        since: it.since ?? null,
        running: it.running,
        waiting: it.waiting,
        failures: it.failures,
        error_code: it.error?.code ?? null,
        error_message: it.error?.message ?? null,
        retry_at: it.retryAt ?? null,
        as_of: it.asOf,
      })),
    )
    .onConflict(['droplet_id', 'instance'])
    .merge();
}

/** What workers say that are gone. */
export async function deleteConnectionsBefore(db: Db, before: Date): Promise<void> {
  await db('platform.droplet_connections').where('as_of', '<', before).delete();
}

export async function deleteConnectionsOf(db: Db, instance: string): Promise<void> {
  await db('platform.droplet_connections').where({ instance }).delete();
}
