import { fingerprint } from '#platform/ssh/fingerprint.ts';
import type { Droplet, DropletRole, DropletStatus } from './types.ts';

export type DropletRow = {
  id: string;
  name: string;
  role: DropletRole;
  host: string;
  port: number;
  username: string;
  host_key: string;
  key_name: string;
  probe_url: string | null;
  status: DropletStatus;
  failures: number;
  failed_at: Date | null;
  last_seen_at: Date | null;
  last_error: string | null;
  enrolled_at: Date;
  enrolled_by: string;
  retired_at: Date | null;
};

export function toDroplet(row: DropletRow): Droplet {
  return {
    id: row.id,
    name: row.name,
    role: row.role,
    host: row.host,
    port: row.port,
    username: row.username,
    hostKey: row.host_key,
    fingerprint: fingerprint(row.host_key),
    keyName: row.key_name,
    probeUrl: row.probe_url ?? undefined,
    status: row.status,
    failures: row.failures,
    lastSeenAt: row.last_seen_at ?? undefined,
    lastError: row.last_error ?? undefined,
    enrolledAt: row.enrolled_at,
    enrolledBy: row.enrolled_by,
  };
}
